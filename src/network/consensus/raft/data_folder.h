#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace zkp::network::consensus::raft {

// The folder with one coordinator's share of the log: C-Raft's files, and ours:
//   lock           held while a process uses the folder
//   owner          whose it is: a node that took another's folder would forget its own votes
//   bootstrapping  there while the first files are written; a folder with it promised nothing yet
class DataFolder {
 public:
  struct Owner {
    std::string cluster_id, node_id;
  };

  // Makes the folder, if it is not there, and takes it for this process and owner. Refuses what
  // C-Raft would take for a new node, though it is an old one that lost files.
  static base::Result<DataFolder> open(std::filesystem::path path, const Owner& owner);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Nothing of Raft's is there.
  [[nodiscard]] bool is_new() const { return new_; }
  // Around the writing of a new node's first files: if it is cut short, open() undoes it.
  base::Status begin_bootstrap();
  base::Status end_bootstrap();

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  base::Status claim(const Owner& owner);
  base::Status look_at_files(const Owner& owner);

  std::filesystem::path path_;
  int lock_;  // its descriptor; negative: none
  bool new_ = true;
};

// How to bring a node back whose folder is lost or damaged.
std::string how_to_heal(const std::filesystem::path& folder, const std::string& node_id);

}  // namespace zkp::network::consensus::raft
