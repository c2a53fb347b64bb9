#include "file_sink.hpp"

#include "nuts_task.hpp"

namespace exmc::app {

void FileSink::append(const runtime::Block& block) {
  if (block.rows == 0) return;
  file_.append(block.chain, block.warmup, block.first, block.values);
  if (!block.warmup && block.first == 0) file_.set_settled(block.chain, settled_according_to(block.state));
}

}  // namespace exmc::app
