data { int N; int P; int Q; array[N] int person; array[N] int question; array[N] int<lower=0, upper=1> right; }
parameters {
  vector[P] theta; real b_mu; real<lower=0> b_sd; real<lower=0> a_sd; vector[Q] b_z; vector[Q] a_z;
}
model {
  vector[Q] b = b_mu + b_sd * b_z;
  vector[Q] a = exp(a_sd * a_z);
  theta ~ normal(0, 1); b_mu ~ normal(0, 2); b_sd ~ normal(0, 2); a_sd ~ normal(0, 1);
  b_z ~ normal(0, 1); a_z ~ normal(0, 1);
  right ~ bernoulli_logit(a[question] .* (theta[person] - b[question]));
}
