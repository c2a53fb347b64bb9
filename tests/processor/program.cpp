#include <cstdio>

namespace {
// Stands for an initialiser that uses the missing instructions: the check has to come first.
const int kInitialised = std::puts("initialised");
}  // namespace

int main() { return kInitialised < 0; }
