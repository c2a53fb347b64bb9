#pragma once

#include <hdf5.h>

#include "exmc/core/array.hpp"

namespace exmc::io {

/// @throws InputError, without saying where, naming a filter that this HDF5 lacks: nothing can be read then.
void require_filters(hid_t dataset);

/// @throws InputError, without saying where, naming the first element whose place was never written: it would be read
/// as the fill value, 0 as a rule. Where all places were allocated beforehand nobody can tell.
void require_written(hid_t dataset, const Shape& shape);

}  // namespace exmc::io
