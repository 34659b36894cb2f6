#include "base/seal.h"

#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace zkp::base {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

}  // namespace

Bytes seal(const SecretBytes& key, ByteView plain, std::string_view associated, Random& random) {
  ZKP_ASSERT(key.size() == kSealKeyBytes);
  Bytes sealed(kNonceBytes + plain.size() + kTagBytes);
  std::uint8_t* nonce = sealed.data();
  std::uint8_t* text = nonce + kNonceBytes;
  std::uint8_t* tag = text + plain.size();
  random.fill({nonce, kNonceBytes});

  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  const auto associated_bytes = as_bytes(associated);
  ZKP_ASSERT(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.reveal().data(),
                                nonce) == 1);
  ZKP_ASSERT(EVP_EncryptUpdate(context.get(), nullptr, &written, associated_bytes.data(),
                               static_cast<int>(associated_bytes.size())) == 1);
  ZKP_ASSERT(EVP_EncryptUpdate(context.get(), text, &written, plain.data(),
                               static_cast<int>(plain.size())) == 1);
  ZKP_ASSERT(EVP_EncryptFinal_ex(context.get(), text + written, &written) == 1);
  ZKP_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) == 1);
  return sealed;
}

Result<SecretBytes> open_sealed(const SecretBytes& key, ByteView sealed,
                                std::string_view associated) {
  ZKP_ASSERT(key.size() == kSealKeyBytes);
  if (sealed.size() < kNonceBytes + kTagBytes) {
    return Error{ErrorCode::data_loss, fmt::format("sealed bytes: want at least {}, got {}",
                                                   kNonceBytes + kTagBytes, sealed.size())};
  }
  const std::uint8_t* nonce = sealed.data();
  const std::uint8_t* text = nonce + kNonceBytes;
  const std::size_t text_size = sealed.size() - kNonceBytes - kTagBytes;
  Bytes tag(text + text_size, text + text_size + kTagBytes);
  SecretBytes plain(text_size);

  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  const auto associated_bytes = as_bytes(associated);
  ZKP_ASSERT(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.reveal().data(),
                                nonce) == 1);
  ZKP_ASSERT(EVP_DecryptUpdate(context.get(), nullptr, &written, associated_bytes.data(),
                               static_cast<int>(associated_bytes.size())) == 1);
  ZKP_ASSERT(EVP_DecryptUpdate(context.get(), plain.reveal_mutable().data(), &written, text,
                               static_cast<int>(text_size)) == 1);
  ZKP_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(context.get(), plain.reveal_mutable().data() + written, &written) != 1) {
    return Error{ErrorCode::data_loss,
                 "sealed bytes do not open: another key, another owner, or damage"};
  }
  return plain;
}

}  // namespace zkp::base
