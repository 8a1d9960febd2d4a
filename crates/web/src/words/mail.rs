//! Every mail we send, as text.

use store::mail::NewMail;

/// The code and link for signing in.
pub fn sign_in(network: &str, to: &str, code: &str, link: &str, minutes: i64) -> NewMail {
    NewMail {
        to: to.to_owned(),
        subject: format!("{code} is your code for {network}"),
        text: format!(
            "Your code for {network}:\n\n    {code}\n\nIt works for {minutes} minutes, once. Or open this link on the device you want \
             to sign in on:\n\n{link}\n\nIf you did not ask for it, leave it: nobody gets in without it.\n"
        ),
        html: None,
    }
}

/// To somebody with a second factor, who asked for a code.
pub fn use_the_password(network: &str, to: &str, link: &str) -> NewMail {
    NewMail {
        to: to.to_owned(),
        subject: format!("Signing in to {network}"),
        text: format!(
            "Somebody, hopefully you, asked for a sign-in code. Your login has an authenticator app, so it signs in with the \
             password and the app's code instead:\n\n{link}\n\nIf it was not you, leave it: nobody gets in by this mail.\n"
        ),
        html: None,
    }
}
