"""Makes radon.csv and counties.csv: radon in 900 homes of 40 counties, simulated so that the truth is known. The setting is
that of Gelman & Hill 2007, chapter 12: measured in the basement or upstairs, counties differ by their soil's
uranium and by something else."""

import csv
import random

COUNTIES, HOMES = 40, 900
INTERCEPT, SLOPE_UPSTAIRS, SLOPE_URANIUM, SIGMA_COUNTY, SIGMA = 1.4, -0.65, 0.7, 0.25, 0.75

random.seed(2007)
uranium = [random.gauss(0, 0.4) for _ in range(COUNTIES)]
level = [INTERCEPT + SLOPE_URANIUM * u + random.gauss(0, SIGMA_COUNTY) for u in uranium]
with open("counties.csv", "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["uranium"])
    table.writerows([f"{u:.3f}"] for u in uranium)
with open("radon.csv", "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["county", "upstairs", "log_radon"])
    for _ in range(HOMES):
        county = min(int(random.expovariate(3 / COUNTIES)), COUNTIES - 1)  # some counties have many homes, some few
        upstairs = int(random.random() < 0.2)
        table.writerow([county, upstairs, f"{random.gauss(level[county] + SLOPE_UPSTAIRS * upstairs, SIGMA):.3f}"])
