#include "exmc/runtime/message.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <stdexcept>

#include "exmc/runtime/wire.hpp"

namespace exmc::runtime {
namespace {

TEST(Message, ADeliveryArrivesAsItWasSent) {
  Delivery sent;
  sent.block = {ChainId{3}, 40, 42, false, 10, 2, {1, -2.5, 3e300, 4}, std::string("state\0with zero", 15), "tuning"};
  sent.progress = {"sampling", 12, 1000, 2, 0.25, 7.5};
  sent.complete = true;
  const Delivery got = decode_delivery(encode(sent));
  EXPECT_EQ(got.block.chain, ChainId{3});
  EXPECT_EQ(got.block.begin, 40U);
  EXPECT_EQ(got.block.end, 42U);
  EXPECT_FALSE(got.block.warmup);
  EXPECT_EQ(got.block.first, 10U);
  EXPECT_EQ(got.block.rows, 2U);
  EXPECT_EQ(got.block.values, sent.block.values);
  EXPECT_EQ(got.block.state, sent.block.state);
  EXPECT_EQ(got.block.tuning, "tuning");
  EXPECT_EQ(got.progress.stage, "sampling");
  EXPECT_EQ(got.progress.step_size, 0.25);
  EXPECT_EQ(got.progress.gradients, 7.5);
  EXPECT_TRUE(got.complete);
}

TEST(Message, AnyTruncationIsNoticed) {
  Delivery sent;
  sent.block.values = {1, 2, 3};
  const std::string bytes = encode(sent);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(static_cast<void>(decode_delivery(bytes.substr(0, length))), std::logic_error) << length;
  }
}

Ending ending_of(const std::function<void()>& failing) {
  try {
    failing();
  } catch (...) {
    return ending_of_current_exception();
  }
  return {};
}

TEST(Message, ExceptionsBecomeEndingsWithWords) {
  EXPECT_EQ(ending_of([] { throw InputError("f.json", "no"); }).code, ExitCode::bad_input);
  EXPECT_EQ(ending_of([] { throw InputError("f.json", "no"); }).message, "f.json: no");
  EXPECT_EQ(ending_of([] { throw std::bad_alloc(); }).message, "out of memory");
  const Ending defect = ending_of([] { throw std::logic_error("it broke"); });
  EXPECT_EQ(defect.code, ExitCode::defect);
  EXPECT_NE(defect.message.find("it broke"), std::string::npos);
}

}  // namespace
}  // namespace exmc::runtime
