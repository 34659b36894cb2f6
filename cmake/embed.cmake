# Writes OUTPUT, a C++ source with the files of the list FILES as data: find_asset(name) of services/gateway/dashboard.h.
#   cmake -DOUTPUT=... -DFILES=a;b -P embed.cmake
set(entries "")
set(arrays "")
set(index 0)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char kFile${index}[] = {${bytes}};\n")
  string(APPEND entries "    {\"${name}\", {reinterpret_cast<const char*>(kFile${index}), sizeof(kFile${index})}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"services/gateway/dashboard.h\"

namespace zkp::services::gateway {
namespace {

${arrays}
struct Asset {
  std::string_view name, content;
};
const Asset kAssets[] = {
${entries}};

}  // namespace

const std::string_view* find_asset(std::string_view name) {
  for (const Asset& asset : kAssets) {
    if (asset.name == name) return &asset.content;
  }
  return nullptr;
}

}  // namespace zkp::services::gateway
")
