data { int N; int S; array[N] int site; vector[N] x; array[N] int count; }
parameters {
  real mu; real beta; real<lower=0> site_sd; real<lower=0> obs_sd; vector[S] u_z; vector[N] e_z;
}
model {
  vector[S] u = mu + site_sd * u_z;
  mu ~ normal(0, 2); beta ~ normal(0, 1); site_sd ~ normal(0, 1); obs_sd ~ normal(0, 1);
  u_z ~ normal(0, 1); e_z ~ normal(0, 1);
  count ~ poisson_log(u[site] + beta * x + obs_sd * e_z);
}
