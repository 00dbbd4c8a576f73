//! Where a reviewer's answers are gathered and saved.

use maud::{Markup, html};

use crate::report::Report;

/// The section at the page's end. Answers bind to a plan, so other commands get none.
pub(super) fn section(report: &Report) -> Markup {
    match report.command.as_ref() {
        "plan" => form(),
        "fix" => html! {
            section.aside {
                p {
                    "Nothing to approve here: " code { "fix" } " has done what this page shows. "
                    "To have it approved first, make a plan with "
                    code { "photofix plan EXPORT -o plan.json --report review.html" } "."
                }
            }
        },
        _ => html! {},
    }
}

fn form() -> Markup {
    html! {
        section #approvals aria-labelledby="approvals-title" hidden {
            form #answers autocomplete="off" {
                h2 #approvals-title { "Approvals" }
                p #tally role="status" {}
                label {
                    "Your name "
                    input #reviewer type="text" autocomplete="name" maxlength="200" required
                        aria-describedby="problem";
                }
                button #download type="submit" { "Download approvals" }
                p #problem role="alert" {}
            }
        }
        p #then.quiet hidden {
            "What is neither approved nor refused stays as it is. The file answers one plan "
            "only: made at " span #plan-made {} ", SHA-256 " code #plan-sha256 {} ". Then: "
            code {
                "photofix apply EXPORT --plan PLAN --approvals approvals.json -o IMPORT"
            }
        }
    }
}
