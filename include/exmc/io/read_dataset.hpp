#pragma once

#include <string>

#include "exmc/core/array.hpp"

namespace exmc::io {

/// Reads a dataset of numbers (integers and floats of any width and byte order; booleans as h5py stores them) of an
/// HDF5 file as model data. `dataset` is a path inside the file, with or without leading slash.
/// @throws InputError, without saying where: the caller knows which key of which file asked.
[[nodiscard]] Array read_dataset(const std::string& path, const std::string& dataset);

}  // namespace exmc::io
