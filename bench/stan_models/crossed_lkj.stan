data { int N; int S; int I; array[N] int subject; array[N] int item; vector[N] x; vector[N] rt; }
parameters {
  real b0; real b1; vector<lower=0>[2] sd_u; real<lower=0> sd_v; real<lower=0> sigma; cholesky_factor_corr[2] L;
  matrix[S, 2] u_z; vector[I] v_z;
}
model {
  matrix[S, 2] u = u_z * diag_pre_multiply(sd_u, L)';
  b0 ~ normal(0, 10); b1 ~ normal(0, 1); sd_u ~ normal(0, 1); sd_v ~ normal(0, 1); sigma ~ normal(0, 1);
  L ~ lkj_corr_cholesky(2);
  to_vector(u_z) ~ normal(0, 1); v_z ~ normal(0, 1);
  rt ~ normal(b0 + b1 * x + u[subject, 1] + u[subject, 2] .* x + sd_v * v_z[item], sigma);
}
