#pragma once

#include <hdf5.h>

#include <vector>

#include "exmc/core/array.hpp"

namespace exmc::io {

/// All of a dataset of integers or floats as the numbers that it stands for by its attributes.
/// @throws InputError, without saying where, naming the first element that is missing or that no double holds exactly,
/// or an attribute that cannot be understood.
[[nodiscard]] std::vector<double> decode_numbers(hid_t dataset, hid_t stored_type, const Shape& shape);

}  // namespace exmc::io
