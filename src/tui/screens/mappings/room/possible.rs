//! Why an action of the mapping screen is not possible now.

use crate::tui::app::Model;
use crate::tui::keys::ActionId;

use super::super::Part;
use super::super::rows::What;

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    use ActionId::*;
    let m = &model.mappings;
    let ours = matches!(
        id,
        Open | Fix
            | Suggest
            | Accept
            | AcceptAll
            | AddRule
            | EditRule
            | RemoveRule
            | RuleUp
            | RuleDown
            | UndoRules
            | BackTo
            | ImportRules
            | ExportRules
            | CompareLists
            | Filter
    );
    if !ours {
        return None;
    }
    let no = |why: &str| Some(Err(why.to_string()));
    if m.documents.is_some() && id != Open {
        return no("Esc goes back to the rules first");
    }
    let Some(board) = m.board.as_ref().filter(|_| model.book.is_some()) else {
        return no(if model.book.is_none() {
            "there is no book yet"
        } else {
            "the rules are still being read"
        });
    };
    let here = m.here().map(|l| &l.what);
    let unread =
        board.unread_ledger && matches!(id, Fix | Accept | AcceptAll | AddRule | EditRule | ImportRules);
    if unread && m.part.has_records() {
        return no("the ledger has not been read yet: {key:fetch} reads it");
    }
    match id {
        Open if m.documents.is_some() => {
            let some = m.documents.as_ref().and_then(|d| d.rows.as_ref()).is_some_and(|r| !r.is_empty());
            if some { Some(Ok(())) } else { no("there is no document here") }
        }
        Open if here.is_none() => no("the list is empty"),
        Fix | Open | Accept if m.open_here().is_some_and(|u| !u.mendable) && m.documents.is_none() => {
            no("no rule mends it: put it right in the ledger, then {key:fetch} reads it again")
        }
        Fix => match here {
            Some(What::Unmapped(_) | What::Rule(_) | What::Guard(_) | What::Method(_) | What::Memo(_)) => {
                Some(Ok(()))
            }
            Some(_) => no("there is nothing to mend here"),
            None => no("the list is empty"),
        },
        Suggest | AcceptAll if !m.part.has_records() => {
            no("suggestions are for vendors, accounts, dimensions and tax")
        }
        AcceptAll => {
            let mut open = board.unmapped.iter();
            let any = open.any(|u| Part::of_finding(u.group.code) == Some(m.part) && !u.near.is_empty());
            if any { Some(Ok(())) } else { no("nothing here has a suggestion: {key:fix} chooses a record") }
        }
        Accept => match here {
            Some(What::Proposal(n)) => {
                let list = m.proposals.as_deref().unwrap_or_default();
                match list.iter().find(|p| p.id == *n) {
                    Some(p) if p.proposal.impossible => no("it cannot be done as it is: Enter shows why"),
                    Some(_) => Some(Ok(())),
                    None => no("it is not there any more"),
                }
            }
            Some(What::Unmapped(i)) => match board.unmapped.get(*i) {
                Some(u) if !u.near.is_empty() => Some(Ok(())),
                _ => no("nothing in the ledger looks like it: {key:fix} chooses a record"),
            },
            _ => no("a suggestion stands only where something is not mapped"),
        },
        AddRule => match m.part {
            Part::Memo => no("each kind has one template: Enter opens it"),
            Part::Payment => no("methods come from Concur: {key:edit_rule} chooses who pays one"),
            Part::Changes => no("go to another part with Tab, then {key:add_rule}"),
            Part::Lists => no("{key:compare_lists} compares the lists and makes proposals"),
            _ => Some(Ok(())),
        },
        EditRule => match here {
            Some(What::Rule(n)) => match board.rules.rule(*n) {
                Some(r) if Part::of_kind(r.kind) == Part::Rules => {
                    no("a decision about one document is made anew there: {key:remove_rule} removes this one")
                }
                _ => Some(Ok(())),
            },
            Some(What::Version(_) | What::Proposal(_)) => no("this cannot be edited: Enter shows it"),
            Some(_) => Some(Ok(())),
            None => no("the list is empty"),
        },
        RemoveRule => match here {
            Some(What::Rule(_) | What::Guard(_) | What::Proposal(_)) => Some(Ok(())),
            Some(What::Unmapped(_)) => no("there is no rule yet: {key:fix} makes one"),
            Some(What::Method(_)) => no("methods come from Concur: {key:edit_rule} takes the choice back"),
            Some(_) => no("this cannot be removed"),
            None => no("the list is empty"),
        },
        RuleUp | RuleDown => match here {
            Some(What::Guard(n)) => {
                let at = board.rules.guards.iter().position(|g| g.id == *n).unwrap_or(0);
                let end = if id == RuleUp { at == 0 } else { at + 1 >= board.rules.guards.len() };
                let word = if id == RuleUp { "first" } else { "last" };
                if end { Some(Err(format!("it is the {word} one already"))) } else { Some(Ok(())) }
            }
            _ => no("only rules about whole documents have an order"),
        },
        UndoRules if board.rules.version == 0 => no("nobody changed the rules yet"),
        BackTo => match here {
            Some(What::Version(v)) if *v == board.rules.version => no("this version is in force"),
            Some(What::Version(_)) => Some(Ok(())),
            _ => no("choose a version in the part Changes"),
        },
        CompareLists if m.part != Part::Lists => no("go to the part Lists with Tab"),
        _ => Some(Ok(())),
    }
}
