#pragma once

#include <cstdint>
#include <string>

#include "exmc/core/array.hpp"
#include "exmc/core/memory.hpp"

namespace exmc::io {

/// Reads a dataset of numbers (integers and floats of any width and byte order; booleans as h5py stores them) of an
/// HDF5 file as model data. `dataset` is a path inside the file, with or without leading slash.
/// @throws InputError, without saying where: the caller knows which key of which file asked; also where the array is
/// larger than `most_bytes`, before anything is allocated for it.
[[nodiscard]] Array read_dataset(const std::string& path, const std::string& dataset,
                                 std::uint64_t most_bytes = kUnlimitedMemory);

}  // namespace exmc::io
