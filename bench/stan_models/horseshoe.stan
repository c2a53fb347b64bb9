data { int N; int K; matrix[N, K] X; vector[N] value; }
parameters {
  real alpha; real<lower=0> sigma; real<lower=0> tau; vector<lower=0>[K] lam; real<lower=0> c2; vector[K] z;
}
model {
  vector[K] scale = tau * lam .* sqrt(c2 ./ (c2 + square(tau * lam)));
  alpha ~ normal(0, 5); sigma ~ normal(0, 2); tau ~ cauchy(0, 0.05); lam ~ cauchy(0, 1); c2 ~ inv_gamma(2, 8);
  z ~ normal(0, 1);
  value ~ normal_id_glm(X, alpha, scale .* z, sigma);
}
