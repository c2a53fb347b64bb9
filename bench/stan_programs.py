"""Stan from PyPI (httpstan's compiler and headers, as pystan uses them): the programs of stan_models/ compiled, and the
data of a model under the names that its Stan program uses."""

import pathlib
import subprocess
import time

from harness import ROOT

SOURCES = ROOT / "bench" / "stan_models"
FLAGS = ["-std=c++17", "-O3", "-w", "-DNDEBUG", "-D_REENTRANT", "-DBOOST_DISABLE_ASSERTS"]
# What a Stan program is linked with: the driver, and the flags that it needs.
DRIVERS = {"stan_driver": [], "stan_sampler": [], "stan_library": ["-DSTAN_THREADS", "-fPIC"]}


class Compiler:
    """Makes programs below `folder`; `httpstan` is the folder of that package. Nothing that is up to date is made again."""

    def __init__(self, httpstan, folder, march="native"):
        self.httpstan, self.folder, self.march = pathlib.Path(httpstan), pathlib.Path(folder), march
        self.folder.mkdir(parents=True, exist_ok=True)

    def prepare(self, driver):
        """What CmdStan's installation compiles once for all models: the driver, and the headers."""
        headers = self._headers(driver) / "stan" / "model" / "model_header.hpp.gch"
        source = self.httpstan / "include" / "stan" / "model" / "model_header.hpp"
        headers.parent.mkdir(parents=True, exist_ok=True)
        self._make(headers, source, *self._flags(driver), "-x", "c++-header", source)
        return self._compiled(SOURCES / f"{driver}.cpp", self.folder / f"{driver}.o", driver)

    def program(self, model, driver):
        """(the program or library of a model, the seconds that making it took)."""
        object_file = self.prepare(driver)
        begin = time.perf_counter()
        translated = self.folder / f"{model}.cpp"
        stanc = [self.httpstan / "stanc", "--O1", "--name", f"{model}_model", "--o", translated, SOURCES / f"{model}.stan"]
        if not _is_newer(translated, SOURCES / f"{model}.stan"):
            subprocess.run(stanc, check=True)
        code = self._compiled(translated, self.folder / f"{model}.{driver}.o", driver)
        target = self.folder / f"{model}.{driver}"
        shared = ["-shared"] if driver == "stan_library" else []
        link = [f"-L{self.httpstan}/lib", f"-Wl,-rpath,{self.httpstan}/lib", "-ltbb"]
        if not (_is_newer(target, code) and _is_newer(target, object_file)):
            subprocess.run(["c++", *shared, object_file, code, "-o", target, *link], check=True)
        return target, time.perf_counter() - begin

    def forget(self, model, driver):
        """The next program() makes it from nothing."""
        for name in (f"{model}.cpp", f"{model}.{driver}.o", f"{model}.{driver}"):
            (self.folder / name).unlink(missing_ok=True)

    def _headers(self, driver):
        return self.folder / ("headers-threads" if DRIVERS[driver] else "headers")

    def _flags(self, driver):
        return [*FLAGS, f"-march={self.march}", *DRIVERS[driver], f"-I{self._headers(driver)}", f"-I{self.httpstan}/include"]

    def _compiled(self, source, target, driver):
        return self._make(target, source, *self._flags(driver), "-c", source)

    def _make(self, target, source, *arguments):
        if not _is_newer(target, source):
            subprocess.run(["c++", *arguments, "-o", target], check=True)
        return target


def _is_newer(target, source):
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime


def _from_one(indices):
    return [int(index) + 1 for index in indices]


def _whole(numbers):
    return [int(number) for number in numbers]


def _survival(d):
    """The greatest time is the limit: who reached it is censored."""
    limit = max(d["time"])
    seen = [i + 1 for i, time in enumerate(d["time"]) if time < limit]
    censored = [i + 1 for i, time in enumerate(d["time"]) if time == limit]
    hospital = _from_one(d["hospital"])
    return {"N": len(d["time"]), "H": max(hospital), "M": len(seen), "hospital": hospital, "seen": seen, "censored": censored}


# What the program needs beyond (or written otherwise than) the data of the IR.
ADDED = {
    "simple": lambda d: {},
    "medium": lambda d: {"G": len(d["y"]), "N": len(d["y"][0])},
    "stress": lambda d: {"G": len(d["y"]), "N": len(d["y"][0])},
    "eight_schools": lambda d: {"J": len(d["y"]), "sigma": d["sd"]},
    "funnel": lambda d: {"D": 9},
    "logistic": lambda d: {"N": len(d["y"]), "y": _whole(d["y"])},
    "sv": lambda d: {"r": d["returns"]},
    "radon_slopes": lambda d: {"N": len(d["radon"]), "J": len(d["u"]), "county": _from_one(d["county"])},
    "crossed_lkj": lambda d: {"N": len(d["rt"]), "S": 30, "I": 20, "subject": _from_one(d["subject"]),
                              "item": _from_one(d["item"])},
    "item_response": lambda d: {"N": len(d["right"]), "P": 100, "Q": 20, "person": _from_one(d["person"]),
                                "question": _from_one(d["question"])},
    "poisson_groups": lambda d: {"N": len(d["count"]), "S": 12, "site": _from_one(d["site"])},
    "survival": _survival,
    "horseshoe": lambda d: {"N": len(d["value"]), "K": len(d["X"][0])},
    "earnings": lambda d: {"N": len(d["earn"])},
    "gauss_mix": lambda d: {},
}


def stan_data(model, data):
    """`data`: by the names of the IR."""
    return data | ADDED[model](data)
