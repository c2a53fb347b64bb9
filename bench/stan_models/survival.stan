data { int N; int H; int M; array[N] int hospital; matrix[N, 2] X; vector[N] time; array[M] int seen; array[N - M] int censored; }
parameters { real mu; vector[2] beta; real<lower=0> h_sd; real<lower=0> alpha; vector[H] h_z; }
model {
  vector[H] h = mu + h_sd * h_z;
  vector[N] scale = exp(h[hospital] + X * beta);
  mu ~ normal(0, 3); beta ~ normal(0, 1); h_sd ~ normal(0, 1); alpha ~ gamma(2, 1); h_z ~ normal(0, 1);
  time[seen] ~ weibull(alpha, scale[seen]);
  target += weibull_lccdf(time[censored] | alpha, scale[censored]);
}
