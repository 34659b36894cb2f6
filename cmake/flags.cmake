# Compiler flags: warnings are errors; frame pointers in every build, so that a profile always has a stack.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1")

add_compile_options(
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wno-missing-field-initializers -Werror -fno-omit-frame-pointer -fstack-protector-strong)
add_compile_definitions(_GLIBCXX_ASSERTIONS)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld-19 -Wl,--as-needed)
endif()

if(ZKP_SANITIZE)
  add_compile_options(-fsanitize=${ZKP_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ZKP_SANITIZE})
endif()

# Coverage leaves out libraries' headers, and the arithmetic in ours: counters there cost many times what they count.
set(ZKP_NOT_COUNTED "-fprofile-exclude-files=^(/usr/.*|.*/prover/(field|curve)/[a-z0-9_]*\\.h)$")
