//! The published vectors of every primitive that this folder rests on, through our own functions
//! where these take the vector's inputs. A library that drifts from its standard fails here.

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::{Deserializable, Kem as _, OpModeR, Serializable, single_shot_open};

use super::derivation::{expand, hmac};
use super::sealing::seal_with;
use super::secret::Secret;
use super::wave_key::Kem;

fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u32> = digits.chars().map(|c| c.to_digit(16).unwrap()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap())
        .collect()
}

#[test]
fn hpke_agrees_with_rfc_9180_a_2_1() {
    let (_, public) = Kem::derive_keypair(&hex(
        "1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df",
    ));
    assert_eq!(
        public.to_bytes()[..],
        hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
    );
    let private = <Kem as hpke::Kem>::PrivateKey::from_bytes(&hex(
        "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
    ));
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&hex(
        "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
    ));
    let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeR::Base,
        &private.unwrap(),
        &encapsulated.unwrap(),
        &hex("4f6465206f6e2061204772656369616e2055726e"),
        &hex(concat!(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db",
            "21993c62ce81883d2dd1b51a28",
        )),
        b"Count-0",
    );
    assert_eq!(opened.unwrap(), b"Beauty is truth, truth beauty");
}

#[test]
fn argon2id_agrees_with_rfc_9106_5_3() {
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(AssociatedData::new(&[4; 12]).unwrap())
        .output_len(32)
        .build()
        .unwrap();
    let argon2 =
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut tag = [0; 32];
    argon2
        .hash_password_into(&[1; 32], &[2; 16], &mut tag)
        .unwrap();
    assert_eq!(
        tag[..],
        hex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")
    );
}

#[test]
fn hkdf_agrees_with_rfc_5869_a_1_and_a_3() {
    let output: Secret<42> = expand(
        &hex("000102030405060708090a0b0c"),
        &[0x0b; 22],
        &[&hex("f0f1f2f3f4"), &hex("f5f6f7f8f9")],
    );
    assert_eq!(
        output.bytes()[..],
        hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
    );
    let output: Secret<42> = expand(&[], &[0x0b; 22], &[]);
    assert_eq!(
        output.bytes()[..],
        hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    );
}

#[test]
fn hmac_agrees_with_rfc_4231() {
    for (key, parts, digest) in [
        (
            vec![0x0b; 20],
            [&b"Hi "[..], b"There"],
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            [b"what do ya want ", b"for nothing?"],
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 131],
            [
                b"Test Using Larger Than Block-Size Key",
                b" - Hash Key First",
            ],
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ] {
        assert_eq!(hmac(&key, &parts)[..], hex(digest));
    }
}

#[test]
fn xchacha20_poly1305_agrees_with_the_draft_a_3_1() {
    let key = std::array::from_fn(|at| 0x80 + u8::try_from(at).unwrap());
    let nonce = std::array::from_fn(|at| 0x40 + u8::try_from(at).unwrap());
    let text = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
                future, sunscreen would be it.";
    assert_eq!(
        seal_with(
            &nonce,
            &Secret::new(key),
            &hex("50515253c0c1c2c3c4c5c6c7"),
            text.as_bytes()
        ),
        hex(concat!(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb",
            "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452",
            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9",
            "21f9664c97637da9768812f615c68b13b52e",
            "c0875924c1c7987947deafd8780acf49",
        ))
    );
}
