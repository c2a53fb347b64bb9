#pragma once

#include <string>

namespace exmc::ir {

/// Refuses a name that no data entry or node may have. `where` is that of its key.
/// @throws InputError
void check_name(const std::string& name, const std::string& where);

}  // namespace exmc::ir
