#include "exmc/runtime/membership.hpp"

#include <gtest/gtest.h>

namespace exmc::runtime {
namespace {

using Route = Membership::Route;

constexpr RankId kRank0{0}, kRank1{1}, kRank2{2}, kRank3{3};

TEST(Membership, TheLowestRankThatLivesCoordinates) {
  Membership members(kRank2, 4);
  EXPECT_FALSE(members.died(kRank1)) << "not yet its turn";
  EXPECT_EQ(members.coordinator(), kRank0);
  EXPECT_TRUE(members.died(kRank0));
  EXPECT_EQ(members.coordinator(), kRank2);
  EXPECT_TRUE(members.coordinates());
  EXPECT_FALSE(members.died(kRank3));
  EXPECT_EQ(members.dead(), (std::vector{kRank0, kRank1, kRank3}));
}

TEST(Membership, WhatComesFromATermThatIsOverIsDropped) {
  Membership members(kRank3, 4);
  EXPECT_EQ(members.route(kRank0, MessageKind::assign), Route::worker);
  members.died(kRank0);
  EXPECT_EQ(members.route(kRank0, MessageKind::assign), Route::never);
  EXPECT_EQ(members.route(kRank1, MessageKind::assign), Route::worker);
}

TEST(Membership, WhatComesFromATermThatHasNotBegunHereWaits) {
  Membership members(kRank1, 4);
  EXPECT_EQ(members.route(kRank2, MessageKind::stop), Route::later);
  EXPECT_EQ(members.route(kRank2, MessageKind::standing), Route::later)
      << "the other knows of a death before this rank";
  members.died(kRank0);
  EXPECT_EQ(members.route(kRank2, MessageKind::standing), Route::coordinator);
}

TEST(Membership, TheEndIsTheEndWhoeverTellsIt) {
  EXPECT_EQ(Membership(kRank1, 4).route(kRank3, MessageKind::finish), Route::worker);
  EXPECT_EQ(Membership(kRank0, 4).route(kRank3, MessageKind::finish), Route::coordinator);
}

TEST(Membership, TheNeighbourIsTheNextRankThatLives) {
  Membership members(kRank2, 4);
  members.died(kRank3);
  EXPECT_EQ(members.neighbour(), kRank0);
  members.died(kRank0);
  members.died(kRank1);
  EXPECT_FALSE(members.neighbour());
}

}  // namespace
}  // namespace exmc::runtime
