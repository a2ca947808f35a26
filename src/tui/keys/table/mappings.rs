//! The mapping screen.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        Suggest,
        "suggest",
        "suggestions",
        "Rules",
        &[Mappings],
        NONE,
        ["s"],
        "What is not mapped in this part, with the record of the ledger that is most like it."
    ),
    act!(
        Accept,
        "accept",
        "accept",
        "Rules",
        &[Mappings],
        Changes,
        ["a"],
        "Takes the suggestion, after showing what it changes; in the lists, makes what is proposed."
    ),
    act!(
        AcceptAll,
        "accept_all",
        "accept several",
        "Rules",
        &[Mappings],
        Changes,
        ["A"],
        "Takes every suggestion of this part that is as sure as you type, after showing what they change."
    ),
    act!(
        AddRule,
        "add_rule",
        "new rule",
        "Rules",
        &[Mappings],
        Changes,
        ["n"],
        "Makes a rule of this part, after showing what it changes."
    ),
    act!(
        EditRule,
        "edit_rule",
        "edit",
        "Rules",
        &[Mappings],
        Changes,
        ["e"],
        "Changes what the cursor is on, after showing what that changes."
    ),
    act!(
        RemoveRule,
        "remove_rule",
        "remove",
        "Rules",
        &[Mappings],
        Changes,
        ["x"],
        "Removes the rule, after showing what that changes; in the lists, declines the proposal."
    ),
    act!(
        RuleUp,
        "rule_up",
        "rule up",
        "Rules",
        &[Mappings],
        Changes,
        ["K"],
        "Moves a rule about whole documents before the one above it."
    ),
    act!(
        RuleDown,
        "rule_down",
        "rule down",
        "Rules",
        &[Mappings],
        Changes,
        ["J"],
        "Moves a rule about whole documents behind the one below it."
    ),
    act!(
        UndoRules,
        "undo_rules",
        "undo",
        "Rules",
        &[Mappings],
        Changes,
        ["u"],
        "Takes the last change of the rules back, as a new version, after showing what that does."
    ),
    act!(
        BackTo,
        "back_to",
        "back to version",
        "Rules",
        &[Mappings],
        Changes,
        ["v"],
        "Makes the rules what they were in the version under the cursor, as a new version."
    ),
    act!(
        ImportRules,
        "import_rules",
        "import",
        "Rules",
        &[Mappings],
        Changes,
        ["I"],
        "Reads rules from a CSV file; every difference and mistake is shown first."
    ),
    act!(
        ExportRules,
        "export_rules",
        "export",
        "Rules",
        &[Mappings],
        Changes,
        ["E"],
        "Writes the rules into a CSV file."
    ),
    act!(
        CompareLists,
        "compare_lists",
        "compare lists",
        "Rules",
        &[Mappings],
        Changes,
        ["C"],
        "Compares vendors and cost objects of the two systems, and proposes what would make them agree."
    ),
];
