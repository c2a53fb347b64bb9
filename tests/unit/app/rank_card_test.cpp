#include "rank_card.hpp"

#include <gtest/gtest.h>

#include "exmc/core/error.hpp"

namespace exmc::app {
namespace {

std::vector<RankCard> three_alike() {
  const RankCard card{RankId{0}, {"node1", 10, 5}, "1.0", 77, std::nullopt};
  std::vector<RankCard> cards(3, card);
  for (std::int32_t rank = 0; rank < 3; ++rank) cards[static_cast<std::size_t>(rank)].rank = RankId{rank};
  return cards;
}

TEST(RankCard, ArrivesAsItWasSent) {
  RankCard sent{RankId{2}, {"node1", 10, 5}, "1.0", 77, runtime::Ending{ExitCode::io_failed, "out of memory", true}};
  const RankCard got = decode_card(encode(sent));
  EXPECT_EQ(got.rank, RankId{2});
  EXPECT_EQ(got.process, (Process{"node1", 10, 5}));
  EXPECT_EQ(got.job_hash, 77U);
  ASSERT_TRUE(got.failure);
  EXPECT_EQ(got.failure->message, "out of memory");
  sent.failure.reset();
  EXPECT_FALSE(decode_card(encode(sent)).failure);
}

TEST(RankCard, ARankThatRebuiltAnotherModelIsRefused) {
  std::vector<RankCard> cards = three_alike();
  EXPECT_NO_THROW(require_same_job(cards));
  cards[2].job_hash = 78;
  try {
    require_same_job(cards);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("rank 2 (node1) rebuilt another model"), std::string::npos);
  }
}

TEST(RankCard, ARankThatFailedDecidesTheExitCode) {
  std::vector<RankCard> cards = three_alike();
  cards[1].failure = runtime::Ending{ExitCode::io_failed, "out of memory", true};
  try {
    require_same_job(cards);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::io_failed);
    EXPECT_STREQ(error.what(), "rank 1 (node1): out of memory");
  }
}

TEST(RankCard, OtherBuildsAreWarnedOf) {
  std::vector<RankCard> cards = three_alike();
  EXPECT_TRUE(differences(cards).empty());
  cards[1].build = "1.1";
  const std::vector<std::string> lines = differences(cards);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("rank 1 (node1) has another build or maths library (1.1, not 1.0)"), std::string::npos)
      << lines[0];
}

}  // namespace
}  // namespace exmc::app
