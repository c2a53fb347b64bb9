data { int N; int J; array[N] int county; vector[N] floor_; vector[J] u; vector[N] radon; }
parameters {
  real g0; real g1; real b_mu; real<lower=0> a_sd; real<lower=0> b_sd; real<lower=0> sigma;
  vector[J] a_z; vector[J] b_z;
}
model {
  vector[J] a = g0 + g1 * u + a_sd * a_z;
  vector[J] b = b_mu + b_sd * b_z;
  g0 ~ normal(0, 5); g1 ~ normal(0, 5); b_mu ~ normal(0, 5);
  a_sd ~ normal(0, 1); b_sd ~ normal(0, 1); sigma ~ normal(0, 1);
  a_z ~ normal(0, 1); b_z ~ normal(0, 1);
  radon ~ normal(a[county] + b[county] .* floor_, sigma);
}
