#include "pieces.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace exmc::runtime::mpi {
namespace {

TEST(Pieces, OfAnyMessageAreSmallAndMakeItUpAgain) {
  MessageAssembly assembly;  // one for all: it begins anew after each message
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kPieceBytes - 9, kPieceBytes - 8, kPieceBytes - 7,
                                 kPieceBytes, 2 * kPieceBytes - 8, 3 * kPieceBytes, std::size_t{1} << 20}) {
    std::string message(size, ' ');
    for (std::size_t i = 0; i < size; ++i) message[i] = static_cast<char>(i * i % 251);
    const std::vector<std::string> pieces = split_message(message);
    EXPECT_EQ(pieces.size(), std::max<std::size_t>(1, (size + 8 + kPieceBytes - 1) / kPieceBytes)) << size;
    for (std::size_t number = 0; number < pieces.size(); ++number) {
      EXPECT_LE(pieces[number].size(), kPieceBytes);
      const std::optional<std::string> whole = assembly.add(pieces[number]);
      ASSERT_EQ(whole.has_value(), number + 1 == pieces.size()) << size;
      EXPECT_EQ(whole.value_or(message), message) << size;
    }
  }
}

}  // namespace
}  // namespace exmc::runtime::mpi
