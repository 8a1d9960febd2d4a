//! The tokens of contract §3.5: RS256 over a key that is made for this simulator and opens nothing else.
//!
//! The key is written down so that every run signs alike and starts at once; whoever has this file can only deceive
//! somebody who trusts a simulator.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// PKCS#1, 2048 bits.
const KEY: &str = "\
    MIIEpAIBAAKCAQEAsd2y1UZVD/JjJJDKBfb7/i5MEyh3+KNzE+QctoFf91DMW9XvmUNsfIUEU/KCnWmWW42SoN2iOG8wcKlQ7qLx\
    A2x19b4iPSLXo+/OqRGSUb6SUjjPpHkbDJ090iyC3bu5ksboP2jSp7w16bXUMT3QvPMSSjHACDzKbtF5zmArEp1DFKE93JsrKL3w\
    hTzV5FGaRXDmBzrL5ZAcstjdSyFZ2V4lEb4/G7ykrAutQMDE6mlxTf4/o295FSQuhdVtEAidPA/5tEY9rp6+h7tKa3WarwG4/OF7\
    7hglpL0CIUTBEm82Pr3paGrtCSS6Gpfyt1LEmw02ck7YUvrexTFNSfJNbQIDAQABAoIBAEFkVy/HDFXxENcsLkIUJGA2aDyw566v\
    dQsOlinZFc2o1IE8/bpUyglbpBQy+CdkXuWo/owK/+2Mn3wEG9+oY0CVeybOcOsWKL66VzncXnWUQVpeTaTT64hvNP/U4oYf0uGu\
    JEvPv4bwkMesVGeIKPqWyRYjBU1iADDO7d/chmlwbgUmFAaJVpVayzHIV4fchsBC3VRj0jucSxjGgXEJenvn/RLPuWkx2JPqt1eB\
    IjG7eZrNJgxG+WmiPjsGAL6Z3oRbzx4Fkor3vwUwNdO72/RFIB57+/AM8cLapgFR6snoOjncMgEcgpiHyA9tUAta4u24Y21Kz82A\
    o+yEojjWHocCgYEA+lM0dVInCovqjC5FW49XoQcyurYgqtbibFqxPdaG2zweiyDl7JKBLOox3HU0yspUG6BteOZ+EOSPpYFQRgE2\
    jMgtsKc1YkrWM5Ww3DlOurBC5msGJJf4RMPAICr9bEUdUj+TsieM9c6ySGibI5931ih56Ohq7VBaTLAv4GFP+QsCgYEAteX3zrO3\
    c0sBVqjQkP9zhpp8hSLsyU69mOp2got8I6Puh12LZBV2HomohjY1sNC+9N9JfDzOqsZBgOyMS3/9YAkZ1Q0JioYVIyWZwQMB63lO\
    qwHMhpGZKFabDPt4PdPkI9cltlw8iQAlA8NjFXnAzU1hO1d5Et2wy6gFT8KDjmcCgYEA2JYlTV1HalilF6TxXccoiqsvuVzb5vUF\
    87qEoHx9MjNSOg684XPhUHtRqO3AP7XQEBc+oNzNNtCLeSfpzKhACo8o+S+zgNg/fWKHJARxmhXnzHXNWtwic1zrXunTW1pxhDh+\
    EicmT4gHuZ7InIndpe5fjKWL3sknWDMZOYr5JwECgYAuFaF/ARFNaIdiSUruMYo3ZBSANqT/K6/leiGkWWqOLQ5VxWF3beiLPB0y\
    Q7G+pmR67cdUbqN9qNUXsNaqmja7ihK9Y5wzOF1KllAqEnT+D7HaqY4D2gePrMGDvIJuR6zZV7z6QswjeaHnHi2QV1R9r0kfG75V\
    BU2xi1QtLP7fqQKBgQCHjpLlN4STtD94x3iiqZR+Dy+zlN0a7SULkeyDhRui1kn9s7ni8M08ZC87LDmqz3g6zDN2adxDOUKX06Sn\
    x8NwFd3+O4+FIBSDlEzjhlFJ/bWJD2D8Azorwk1hUQljn8GrvOi+aTGFzK/ub2wQ9nHw1Xra/kAlkUX9Ict01AMnPw==";
/// Names the key in tokens and in the key set.
const KEY_ID: &str = "5A51C0DE0001RS256";

pub(crate) fn key() -> RsaKeyPair {
    let der = BASE64_STANDARD
        .decode(KEY)
        .expect("the key above is base64; every test of the simulator signs with it");
    RsaKeyPair::from_der(&der).expect("the key above is PKCS#1; every test of the simulator signs with it")
}

/// `GET /.well-known/openid-configuration/jwks`.
pub(super) fn key_set(key: &RsaKeyPair) -> Value {
    let parts: PublicKeyComponents<Vec<u8>> = key.public().into();
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID,
                       "n": text(&parts.n), "e": text(&parts.e) }] })
}

/// A signed token; `kind` is the header's `typ`.
pub(super) fn signed(key: &RsaKeyPair, kind: &str, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({ "alg": "RS256", "kid": KEY_ID, "typ": kind });
    let text = format!("{}.{}", part(&head), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .expect("the signature is as long as the modulus");
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}
