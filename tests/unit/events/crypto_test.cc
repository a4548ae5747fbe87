#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "events/crypto/base64url.h"
#include "events/crypto/blake2b.h"
#include "events/crypto/password.h"
#include "events/crypto/random_bytes.h"
#include "events/crypto/sealing.h"
#include "events/crypto/signing.h"

namespace mt {
namespace {

using testing::StartsWith;

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string hex(const Digest& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

TEST(Blake2b, GivesThePublishedValues) {
  EXPECT_EQ(to_hex(blake2b_256({})),
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  EXPECT_EQ(to_hex(blake2b_256({"abc"})),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(hex(blake2b_128({"abc"})), "cf4ab791c62b8d2b2109c90275287816");
}

TEST(Blake2b, TakesPartsAsOneText) {
  EXPECT_EQ(blake2b_256({"a", "", "bc"}), blake2b_256({"abc"}));
  Blake2b256 stream;
  stream.add("ab");
  stream.add("c");
  EXPECT_EQ(stream.finish(), blake2b_256({"abc"}));
  EXPECT_EQ(Blake2b256().finish(), blake2b_256({}));
}

// RFC 8032, section 7.1, tests 1 and 2.
TEST(SigningKey, GivesThePublishedSignatures) {
  const SigningKey one(
      from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(to_hex(one.public_key()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(
      to_hex(one.sign("")),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
      "f9b46bd25bf5f0595bbe24655141438e7a100b");
  const SigningKey two(
      from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(
      to_hex(two.sign("\x72")),
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
      "f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(SigningKey, VerifiesItsOwnSignatureOfTheSameMessageOnly) {
  const SigningKey key(std::string(32, 's'));
  const SigningKey other(std::string(32, 'o'));
  const std::string signature = key.sign("message");
  EXPECT_TRUE(verify_signature("message", signature, key.public_key()));
  EXPECT_FALSE(verify_signature("messagE", signature, key.public_key()));
  EXPECT_FALSE(verify_signature("message", signature, other.public_key()));
  for (std::size_t at = 0; at < signature.size(); ++at) {
    std::string changed = signature;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(verify_signature("message", changed, key.public_key())) << at;
  }
}

TEST(SigningKey, RefusesWrongLengths) {
  const SigningKey key(std::string(32, 's'));
  const std::string signature = key.sign("message");
  EXPECT_FALSE(verify_signature("message", "", key.public_key()));
  EXPECT_FALSE(verify_signature("message", signature + "x", key.public_key()));
  EXPECT_FALSE(verify_signature("message", signature, key.public_key().substr(1)));
}

TEST(Password, IsVerifiedByItsHashOnly) {
  const PasswordCost cheap{1, 8 << 10};
  const std::string hash = hash_password("correct horse", cheap).value();
  EXPECT_THAT(hash, StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
  EXPECT_TRUE(verify_password("correct horse", hash));
  EXPECT_FALSE(verify_password("correct horsf", hash));
  EXPECT_FALSE(verify_password("", hash));
  EXPECT_FALSE(verify_password("correct horse", ""));
  EXPECT_FALSE(verify_password("correct horse", "$argon2id$v=19$m=8,t=1,p=1$"));
  EXPECT_NE(hash_password("correct horse", cheap).value(), hash) << "each has its own salt";
}

TEST(Password, SaysWhenThereIsNoMemoryForIt) {
  const auto hash = hash_password("password", {1, std::size_t{1} << 62});
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code, Code::kResourceExhausted);
}

TEST(Sealing, IsOpenedByTheSameKeyForTheSameThingOnly) {
  const SecretKey key = SecretKey::random();
  const std::string sealed = seal(key, "ann@example.org", "stream 1");
  EXPECT_EQ(sealed.size(), 15 + kSealBytes);
  EXPECT_EQ(sealed.find("ann"), std::string::npos);
  EXPECT_EQ(open_sealed(key, sealed, "stream 1"), "ann@example.org");
  EXPECT_FALSE(open_sealed(key, sealed, "stream 2"));
  EXPECT_FALSE(open_sealed(SecretKey::random(), sealed, "stream 1"));
  EXPECT_NE(seal(key, "ann@example.org", "stream 1"), sealed) << "each has its own nonce";
  EXPECT_EQ(open_sealed(key, seal(key, "", ""), ""), "");
}

TEST(Sealing, IsNotOpenedAfterAChangeOfAnyByte) {
  const SecretKey key = SecretKey::random();
  const std::string sealed = seal(key, "text", "");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(open_sealed(key, changed, "")) << at;
    EXPECT_FALSE(open_sealed(key, sealed.substr(0, at), "")) << at;
  }
}

// The draft of XChaCha20-Poly1305, appendix A.3.1.
TEST(Sealing, OpensThePublishedText) {
  const SecretKey key(from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
  const std::string sealed = from_hex("404142434445464748494a4b4c4d4e4f5051525354555657") +
                             from_hex(
                                 "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                                 "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                                 "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                                 "21f9664c97637da9768812f615c68b13b52e") +
                             from_hex("c0875924c1c7987947deafd8780acf49");
  EXPECT_EQ(open_sealed(key, sealed, from_hex("50515253c0c1c2c3c4c5c6c7")),
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
            "future, sunscreen would be it.");
}

TEST(Blake2b, UnderAKeyIsAnotherHash) {
  const std::string key =
      from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  EXPECT_NE(blake2b_256_keyed(key, {"abc"}), blake2b_256({"abc"}));
  EXPECT_EQ(blake2b_256_keyed(key, {"a", "bc"}), blake2b_256_keyed(key, {"abc"}));
  EXPECT_NE(blake2b_256_keyed(std::string(32, 'k'), {"abc"}), blake2b_256_keyed(key, {"abc"}));
}

// RFC 4648, section 10, without the padding.
TEST(Base64Url, GivesThePublishedValues) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64url_encode(bytes), text);
    EXPECT_EQ(base64url_decode(text).value(), bytes);
  }
}

TEST(Base64Url, GivesBackAllBytesOfEveryLength) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<char>(i * 7));
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)).value(), bytes);
  }
}

TEST(Base64Url, RefusesWhatItNeverWrites) {
  for (const std::string_view text :
       {"Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 9v", "Zm9v\n", "Zg=", "=", "\xc3\xa4"}) {
    const auto bytes = base64url_decode(text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_EQ(bytes.error().code, Code::kInvalidArgument);
  }
}

TEST(RandomBytes, AreAsManyAsAskedForAndNeverTheSame) {
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(33).size(), 33u);
  EXPECT_NE(random_bytes(16), random_bytes(16));
}

TEST(EqualInConstantTime, ComparesAllBytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace mt
