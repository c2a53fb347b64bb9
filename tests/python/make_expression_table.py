"""Writes tests/data/expressions/numpy.json: what numpy makes of expressions of the IR, whose syntax is numpy's.

    python tests/python/make_expression_table.py

Each expression is evaluated by Python as it stands, with numpy's functions under the IR's names.
"""
import json
import math
import pathlib
import re

import numpy as np

random = np.random.default_rng(4)


def numbers(*shape):
    return np.round(random.normal(size=shape), 3)


# Arrays that the test makes parameters or data of.
ARRAYS = {
    "s": np.float64(0.7),
    "v": numbers(5),
    "w": np.round(random.uniform(0.3, 2.5, size=5), 3),
    "u": np.round(random.uniform(0.05, 0.95, size=11), 3),
    "L": numbers(37),
    "M": numbers(3, 4),
    "N": numbers(4, 3),
    "S": numbers(4, 4),
    "W": numbers(9, 21),
    "T": numbers(2, 3, 4),
    "B": numbers(2, 4, 3),
    "Q": numbers(3, 1, 2, 2),
    "Z": np.array([[0.0, 1.5, -0.4], [0.8, 0.0, 0.0], [2.0, -1.0, 0.5]]),
}
# Indices and counts, which are data.
INDICES = {
    "g": np.array([0, 3, 3, -1, 2, 0, 0, 4, 1, -5, 3, 2]),
    "h": np.array([[0, 2, 1], [-1, 0, 0]]),
    "k": np.array([1, 0, 2]),
    "many": random.integers(0, 5, size=403),
    "rows": np.array([0, -1, 1, 1]),
    "columns": np.array([2, 0, -2, 3]),
    "counts": np.array([2, 0, 1, 3, 1]),
    "one": np.array([2]),
}
# Data that is no index.
INDICES["grid"] = numbers(6)
INDICES["sparse"] = np.where(random.uniform(size=(70, 64)) < 0.05, random.integers(1, 9, size=(70, 64)) / 4, 0)
INDICES["banded"] = np.eye(40) - 0.5 * np.eye(40, k=1)
INDICES["points"] = np.round(random.uniform(-0.9, 0.9, size=(5, 2)), 3)
ARRAYS["X"] = numbers(11, 2)
ARRAYS["scales"] = np.array([0.8, 1.7])
ARRAYS["D"] = numbers(6, 6) + 4 * np.eye(6)
ARRAYS["E"] = numbers(2, 3, 3) + 3 * np.eye(3)
ARRAYS["long"] = numbers(64)
ARRAYS["wide"] = numbers(40, 3)


def logsumexp(x, axis=None):
    axis = tuple(axis) if isinstance(axis, list) else axis
    return np.log(np.sum(np.exp(np.asarray(x)), axis=axis))


def log_softmax(x, axis=None):
    axis = tuple(axis) if isinstance(axis, list) else axis
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))


def over(function, **fixed):
    """A reduction that takes a list of axes, where numpy wants a tuple."""
    return lambda x, axis=None: function(x, axis=tuple(axis) if isinstance(axis, list) else axis, **fixed)


def distance(x, z, length_scale):
    """Of points, numbers or rows, each direction divided by a length scale."""
    x, z = np.asarray(x, float), np.asarray(x if z is None else z, float)
    x, z = (points[:, None] if points.ndim == 1 else points for points in (x, z))
    return np.sqrt(np.sum(((x[:, None] - z) / length_scale) ** 2, axis=-1))


def stationary(correlation):
    return lambda x, sigma, length_scale, z=None: sigma**2 * correlation(distance(x, z, length_scale))


def periodic(x, sigma, length_scale, period, z=None):
    return sigma**2 * np.exp(-2 * (np.sin(np.pi * distance(x, z, 1) / period) / length_scale) ** 2)


def add_diag(a, d):
    return a + np.eye(a.shape[-1]) * np.asarray(d)[..., None]


def frequencies(m, L):
    """(functions, inputs), the last input's fastest."""
    each = [np.arange(1, count + 1) * np.pi / (2 * width) for count, width in zip(np.atleast_1d(m), np.atleast_1d(L), strict=True)]
    return np.stack([grid.ravel() for grid in np.meshgrid(*each, indexing="ij")], -1)


def basis(x, m, L):
    x, L = x[:, None] if x.ndim == 1 else x, np.atleast_1d(L)
    return np.prod(np.sin(frequencies(m, L) * (x + L)[:, None]) / np.sqrt(L), axis=-1)


def sqrt_spectral_density(density):
    def of(sigma, length_scale, m, L):
        w = frequencies(m, L)
        scales = np.broadcast_to(length_scale, w.shape[1])
        return sigma * np.sqrt(np.prod(scales) * density(np.sum((w * scales) ** 2, -1), w.shape[1]))

    return of


def matern_spectral_density(nu):
    return sqrt_spectral_density(lambda q, d: 2**d * np.pi ** (d / 2) * math.gamma(nu + d / 2) / math.gamma(nu)
                                 * (2 * nu) ** nu * (2 * nu + q) ** -(nu + d / 2))


def solve_triangular(a, b, trans=0, lower=1):
    factor = np.tril(a) if lower else np.triu(a)
    return solve(np.swapaxes(factor, -1, -2) if trans else factor, b)


def solve(a, b):
    return np.linalg.solve(a, b[:, None])[..., 0] if np.ndim(b) == 1 else np.linalg.solve(a, b)


def exponential(a):
    """By Taylor's series of a / 2^12, in extended precision."""
    a = np.asarray(a, np.longdouble) / 4096
    power, total = np.eye(a.shape[-1], dtype=np.longdouble), 0
    for k in range(1, 20):
        total, power = total + power, power @ a / k
    for _ in range(12):
        total = total @ total
    return total.astype(float)


def scatter_add(values, index, n):
    sums = np.zeros((n, *values.shape[1:]))
    np.add.at(sums, index, values)
    return sums


def symmetric(a):
    return np.tril(a) + np.swapaxes(np.tril(a, -1), -1, -2)


FUNCTIONS = {
    "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs, "square": np.square, "log1p": np.log1p, "log": np.log,
    "minimum": np.minimum, "maximum": np.maximum, "where": np.where, "clip": lambda x, lower, upper: np.clip(x, lower, upper),
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": lambda y, x: np.arctan2(y, x), "sinh": np.sinh, "cosh": np.cosh,
    "sum": over(np.sum), "mean": over(np.mean), "var": over(np.var), "std": over(np.std), "sd": over(np.std, ddof=1),
    "prod": over(np.prod), "min": over(np.min), "max": over(np.max), "logsumexp": logsumexp, "cumsum": np.cumsum,
    "softmax": lambda x, axis=None: np.exp(log_softmax(x, axis)), "log_softmax": log_softmax,
    "transpose": np.transpose, "outer": np.outer, "dot": np.dot, "matmul": np.matmul, "diag": np.diag,
    "len": lambda x, axis=0: np.shape(x)[axis], "shape": np.shape, "zeros": np.zeros, "ones": np.ones, "full": np.full,
    "eye": np.eye, "arange": np.arange, "linspace": np.linspace,
    "concat": np.concatenate, "stack": np.stack, "reshape": np.reshape, "repeat": np.repeat, "cholesky": np.linalg.cholesky,
    "solve_triangular": solve_triangular, "solve": solve, "inv": np.linalg.inv, "kron": np.kron, "expm": exponential,
    "eigvalsh": lambda a: np.linalg.eigvalsh(symmetric(a)), "scatter_add": scatter_add,
    "quadratic_form": lambda a, x: np.einsum("...i,...ij,...j", x, symmetric(a), x),
    "gp_exp_quad_cov": stationary(lambda r: np.exp(-r**2 / 2)), "gp_matern12_cov": stationary(lambda r: np.exp(-r)),
    "gp_matern32_cov": stationary(lambda r: (1 + 3**0.5 * r) * np.exp(-(3**0.5) * r)),
    "gp_matern52_cov": stationary(lambda r: (1 + 5**0.5 * r + 5 / 3 * r**2) * np.exp(-(5**0.5) * r)),
    "gp_periodic_cov": periodic, "add_diag": add_diag,
    "gp_dot_prod_cov": lambda x, sigma, z=None: sigma**2 + np.tensordot(x, x if z is None else z, [[-1], [-1]])
    if x.ndim > 1 else sigma**2 + np.outer(x, x if z is None else z),
    "hsgp_basis": basis, "hsgp_sqrt_spd_matern32": matern_spectral_density(1.5), "hsgp_sqrt_spd_matern52": matern_spectral_density(2.5),
    "hsgp_sqrt_spd_exp_quad": sqrt_spectral_density(lambda q, d: (2 * np.pi) ** (d / 2) * np.exp(-q / 2)),
    }

REDUCTIONS = ["sum", "mean", "var", "std", "sd", "min", "max", "logsumexp"]

EXPRESSIONS = [
    # comparisons and choices
    "v > 0", "M <= 0.2", "v == v[::-1]", "(g == 3) * s", "(M != M[0]) + 0",
    "where(v > 0, v, exp(v))", "where(v < 5, v, log(v))", "where(M < 0.1, s, M)", "where(g > 1, 1, 0) * s", "where(v < 5, v, log(v))",
    "clip(M, -0.5, 0.5)", "clip(v, upper=w, lower=-w)", "minimum(M, 0.3) * maximum(M, -w[:4])",
    "asin(u)", "acos(u) * s", "atan(M)", "atan2(v, w)", "atan2(y=M, x=-1.5)", "sinh(M)", "cosh(T)", "sinh(s)", "atan2(s, -s)",
    # reductions
    *[f"{f}({x})" for f in REDUCTIONS for x in ["v", "L", "M", "T[:, 1:, ::2]", "transpose(W)", "M[:, 1]"]],
    *[f"{f}({x}, {axis})" for f in REDUCTIONS for x, axis in
      [("M", "0"), ("M", "1"), ("W", "axis=0"), ("W", "axis=-1"), ("transpose(W)", "0"), ("T", "1"), ("T", "[0, 2]"),
       ("T", "axis=[-1, 1]"), ("W[::-2, 3:]", "0"), ("transpose(T, [2, 0, 1])", "1")]],
    *[f"prod({x})" for x in ["v", "M", "Z", "Z, 0", "Z, 1", "Z[0]", "M, axis=0", "T, [0, 1]", "Z[:, 1:]"]],
    "sum(s)", "mean(s)", "var(s)", "sum(v[:1])", "var(M[:1], 0)", "max(T[:, :1], 1)", "sum(v[5:])", "prod(M[:0])",
    "sum(M[:, :0], 1)", "(v - mean(v)) / std(v)", "(M - mean(M, 0)) / sd(M, 0)",
    "cumsum(v)", "cumsum(M)", "cumsum(M, 0)", "cumsum(M, 1)", "cumsum(W, 0)", "cumsum(W, axis=-1)", "cumsum(T, 1)",
    "cumsum(T[::-1, :, ::2], 0)", "cumsum(L)[::-1]", "cumsum(s)",
    "softmax(v)", "softmax(M)", "softmax(M, axis=0)", "softmax(T, -1)", "log_softmax(L)", "log_softmax(W, 1)",
    "log_softmax(T, [0, 2])", "log(softmax(M, 1))",
    # shapes
    "transpose(M)", "transpose(T)", "transpose(T, [1, 2, 0])", "transpose(T, axes=[0, -1, 1])", "transpose(v)",
    "reshape(M, [2, 6])", "reshape(M, [-1])", "reshape(M, [3, 2, 2])", "reshape(transpose(M), [6, -1])",
    "reshape(T[:, ::2], [4, 4])", "reshape(s, [1, 1])", "reshape(v[::-1], 5)", "reshape(M[:, None], [4, 3])",
    "repeat(v, 3)", "repeat(M, 2)", "repeat(M, 2, axis=0)", "repeat(M, 2, 1)", "repeat(v, counts)", "repeat(s, 4)",
    "repeat(N[:, ::2], [0, 2, 1, 1], 0)", "repeat(v, 1)", "repeat(M, [1, 0, 2, 1], axis=-1)",
    "outer(v, w)", "outer(M, v[:2])", "outer(L[:9], L[::4])", "dot(v, w)", "dot(M, N)", "dot(s, M)", "dot(M, v[:4])",
    "dot(T, N)", "dot(T, B)", "dot(v[:4], B)", "dot(M, B)",
    "diag(v)", "diag(S)", "diag(M)", "diag(v[::2] * s)", "diag(diag(S)) + 0", "sum(diag(S @ S))",
    "concat([v, w])", "concat([M, S])", "concat([M, N[:3, :2]], axis=1)",
    "concat([v[::-1], [s, 2], v[:0]])", "concat([T, B[:, :3, :1] * s], -1)", "concat([v])", "concat([transpose(M), N], 1)",
    "stack([v, w])", "stack([v, w, v * w], axis=1)", "stack([M, M * s], -1)", "stack([s, s * s, 1])", "stack([M, 2 * M], 1)",
    # arrays of shapes and ranges
    "len(v)", "len(M, 1)", "len(T, axis=-1)", "shape(M)", "shape(s)", "ones(shape(T)[1:]) * s", "zeros(3) + s", "ones([2, 3])",
    "ones(shape(M)) * M", "full([2, 4], s)", "full([2, 4], v[:4])", "full(3, 2.5)", "eye(3)", "eye(4) @ N", "eye(2, 3) * s",
    "arange(5) * v", "arange(2, 7)", "arange(1, 2, 0.25)", "arange(5, 0, -2)", "arange(3, 3)", "arange(0.5)",
    "v[arange(len(v) - 1)]", "linspace(-1, 2, 7)", "linspace(0, 1, 1)", "linspace(3, 1, 4) * v[:4]",
    # products
    "M @ N", "M @ v[:4]", "v[:4] @ N", "v @ w", "transpose(M) @ transpose(N)", "S[::2] @ S[:, ::2]", "S[::2, ::2] @ v[1:3]",
    "T @ B", "T @ N", "M @ B", "T @ v[:4]", "v[:3] @ T", "Q @ Q[0]", "Q @ Q[:1]",
    "T[:, None] @ B[None]", "transpose(T, [0, 2, 1]) @ T", "W @ transpose(W)", "transpose(W) @ W[:, 3]", "W[:, ::3] @ L[:7]",
    "W[::2, ::3] @ L[:7]", "matmul(M, N)", "T[:, :, ::2] @ B[:, ::2, ::2]", "W @ W[0]", "W[:, :9] @ W",
    # indices
    "v[g]", "v[g] * w[g]", "v[h]", "M[k]", "M[:, rows]", "M[k, columns[:3]]", "M[rows, 1:]",
    "M[1:, columns]", "M[rows[:, None], columns]", "T[:, k]", "T[0, k]", "T[:, k, columns[:3]]", "T[:, k, ::2]",
    "T[[1, 0, 1], :, columns[:3]]", "T[1, :, columns]", "T[:, 0, columns]", "T[[0, 1, 1]]", "T[:, :, h]", "v[many]",
    "v[::-1][many] * s", "M[many[:40] * 0 + 1]", "L[many]", "W[:, many][:, 3:9]",
    "S[rows, rows]", "v[one]", "v[one, None]", "v[[3]]", "v[[1, 3]] ** 2",
    "M[h]", "M[h, h]", "sum(v[g] * (g > 0))", "M[None, k]", "M[k, None, columns[:3]]", "T[k[:2] * 0, k[:2], None]",
    "v[[0, 0, 0, 2]]", "(exp(v))[g]", "log(exp(w)[g])", "T[one[0] - 2][k]", "v[reshape(many[:400], [20, 20])]",
    # linear algebra
    *(f"solve_triangular({arguments}{more})" for more in ("", ", 1", ", lower=0", ", trans=1, lower=0") for arguments in (
        "D, L[:6]", "D, W[:6, :5]", "E, v[:3]", "E, M[:, :2]", "E[0] * s, E")),
    "solve(D, L[:6])", "solve(D, W[:6, :5])", "solve(E, v[:3])", "solve(E[0], E)", "solve(D[::-1], L[:6] * s)", "inv(D)", "inv(E)",
    "inv(transpose(D) + 1)", "quadratic_form(D, L[:6])", "quadratic_form(E[:, None], M[:, :3])",
    "eigvalsh(D)", "eigvalsh(E)", "eigvalsh(S)", "eigvalsh([[s]])", "expm(E)", "expm(S)", "expm(-D)", "expm(0.01 * E)", "expm([[s]])",
    "kron(M, E[0])", "kron(E[0, :1], S[:2])", "scatter_add(v, [3, 0, 3, 1, 3], 5)", "scatter_add(M, [1, 0, 1], n=2)",
    "scatter_add(long[:11] * s, [0, 0, 0, 7, 7, 1, 2, 3, 0, 9, 9], 11)", "sparse @ long", "banded @ wide", "banded @ (wide[:, 0] * s)",
    "transpose(sparse[:, :40]) @ concat([long, v, [s]])", "(2 * sparse) @ exp(long)",
    # Gaussian processes
    *(f"gp_{name}_cov({arguments})" for name in ("exp_quad", "matern12", "matern32", "matern52") for arguments in (
        "L[:9], s, 0.9", "v, 1.3, s", "X, s, 1.2", "X, 0.5, scales", "v, s, 2, L[:9]", "X[:3], s, scales, z=X", "grid, s, w[0]", "v, 0.5, 2, z=grid")),
    "gp_exp_quad_cov(L, s, 0.9)", "gp_matern52_cov(L, s, 0.9)", "gp_periodic_cov(v, s, w[0], w[1])", "gp_periodic_cov(L, 1, 1.5, 2)", "gp_periodic_cov(grid, s, 1.2, w[0], v)",
    "gp_dot_prod_cov(v, s)", "gp_dot_prod_cov(X, s)", "gp_dot_prod_cov(X, 0, z=X[:2])", "add_diag(S, s)", "add_diag(S, v[:4])",
    "add_diag(s * gp_exp_quad_cov(grid, 1, w[0]) + gp_matern32_cov(grid, w[1], 2), 0.5)",
    "cholesky(add_diag(gp_exp_quad_cov(L, 1, s) * gp_dot_prod_cov(L, 1), 0.1))",
    "hsgp_basis(grid, 5, 4)", "hsgp_basis(points, [3, 2], [1, 1.5])",
    *(f"hsgp_sqrt_spd_{name}({arguments})" for name in ("exp_quad", "matern32", "matern52") for arguments in (
        "s, w[0], 7, 1.5", "1.5, scales, [2, 3], [2.5, 2]", "s, w[1], [2, 2], [1, 3]")),
    # lists
    "stack([s, 2 * s])", "concat([[s], v])",
]


def evaluate(expression):
    np.seterr(invalid="ignore")  # where the branch that is not taken has no value
    names = {**ARRAYS, **INDICES, **FUNCTIONS}
    return np.asarray(eval(expression, {"__builtins__": {}}, names), dtype=float)  # our own text


def names_in(expression):
    words = set(re.findall(r"[A-Za-z_]\w*", expression))
    return [name for name in [*ARRAYS, *INDICES] if name in words]


def main():
    cases = []
    for expression in dict.fromkeys(EXPRESSIONS):
        value = evaluate(expression)
        cases.append({"expression": expression, "uses": names_in(expression), "shape": list(value.shape),
                      "values": value.ravel().tolist()})
    arrays = {name: np.asarray(array).tolist() for name, array in ARRAYS.items()}
    indices = {name: array.tolist() for name, array in INDICES.items()}
    text = "{\n" + f'"arrays": {json.dumps(arrays)},\n"indices": {json.dumps(indices)},\n"cases": [\n'
    text += ",\n".join(json.dumps(case) for case in cases) + "\n]}\n"
    path = pathlib.Path(__file__).parent.parent / "data/expressions/numpy.json"
    path.write_text(text)
    print(f"{len(cases)} expressions")


if __name__ == "__main__":
    main()
