//! Mails about signing in, as text. Those about bookings: [`super::booking_mail`].

use store::mail::NewMail;

/// The code for signing in; with a link where we know for sure how people reach us.
pub fn sign_in(network: &str, to: &str, code: &str, link: Option<&str>, minutes: i64) -> NewMail {
    let link = link.map_or(String::new(), |link| {
        format!("Or open this link on the device you want to sign in on:\n\n{link}\n\n")
    });
    NewMail {
        to: to.to_owned(),
        subject: format!("{code} is your code for {network}"),
        text: format!(
            "Your code for {network}:\n\n    {code}\n\nIt works for {minutes} minutes, once. {link}If you did not ask for it, \
             leave it: nobody gets in without it.\n"
        ),
        html: None,
        calendar: None,
    }
}

/// To somebody with a second factor, who asked for a code.
pub fn use_the_password(network: &str, to: &str, link: Option<&str>) -> NewMail {
    let link = link.map_or(String::new(), |link| format!(":\n\n{link}\n\n"));
    let end = if link.is_empty() { ".\n\n" } else { "" };
    NewMail {
        to: to.to_owned(),
        subject: format!("Signing in to {network}"),
        text: format!(
            "Somebody, hopefully you, asked for a sign-in code. Your login has an authenticator app, so it signs in with the \
             password and the app's code instead{link}{end}If it was not you, leave it: nobody gets in by this mail.\n"
        ),
        html: None,
        calendar: None,
    }
}
