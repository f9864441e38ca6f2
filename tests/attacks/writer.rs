//! Who can write to the database but has no server key. What she does, and what comes of it; each
//! line is a test. *Refused*: nothing is sealed, signed in or counted. *Stopped*: the wave ends,
//! its ballots and key destroyed, nothing released, with an entry in the audit. *Remains*: it can
//! be done, and tells nothing about a person.
//!
//! | she | what happens | test |
//! |---|---|---|
//! | puts a public key of her own into a wave, with or without a private half | refused, stopped | `waves::nothing_is_sealed_to_a_key_of_her_own` |
//! | replaces the private half | stopped | `waves::another_private_half_alone_stops_the_wave` |
//! | edits plan, number, instrument, version, form, scales, threshold, times, extension, digest, tag of a wave | refused | `waves::every_column_that_decides_anything_is_guarded` |
//! | moves a close | stopped | `waves::a_close_that_is_moved_by_hand_ends_the_wave_uncounted` |
//! | swaps two waves' keys, rows or times | refused, stopped | `waves::two_waves_that_change_places_are_both_refused` |
//! | sets a counted wave back, with key and all ballots but one | closed without numbers, audited, on every server | `waves::a_counted_wave_that_is_set_back_is_not_counted_again`, `waves::every_server_has_heard_of_a_close_at_its_next_turn` |
//! | calls an open wave closed or stopped | never counted; records stay | `waves::a_wave_that_is_called_ended_too_early_is_never_counted` |
//! | opens a stopped wave again | refused | `waves::a_stopped_wave_that_is_opened_again_takes_no_answers` |
//! | forges ballots: own tag, cut, copied, under another key, sealed to herself | left out, audited | `ballots::forged_ballots_are_left_out_however_they_were_made` |
//! | adds a ballot under a key that never was | the count waits, with an error in the log | `ballots::a_ballot_under_a_key_that_never_was_holds_the_count_up_and_destroys_nothing` |
//! | moves ballots to another wave | left out, audited | `ballots::a_ballot_of_another_wave_counts_nowhere_else` |
//! | brings back what an accomplice or a worker has replaced | all of that person's left out, audited | `ballots::one_accomplice_cannot_fill_a_team_with_what_she_took_back`, `ballots::five_answers_of_one_worker_are_nobodys_number` |
//! | deletes a record, so that an accomplice answers again | the same | `ballots::a_record_that_was_deleted_lets_nobody_be_counted_twice` |
//! | brings back the one ballot of somebody who withdrew | remains: counted | `ballots::a_ballot_that_was_withdrawn_and_brought_back_is_one_of_five_at_least` |
//! | deletes ballots | remains: not counted; her next change is refused | `ballots::a_ballot_that_is_deleted_is_missed_by_its_owner_only` |
//! | makes a unit overfull by whatever means | left out everywhere, audited | `ballots::six_ballots_of_five_members_are_left_out_even_under_the_right_key` |
//! | adds to, removes from, settles, moves in a roster; edits its tree or threshold | refused, stopped | `rosters::every_edit_of_a_roster_or_tree_stops_its_wave`, `rosters::an_edit_after_the_first_answer_stops_the_wave_at_its_count` |
//! | edits a roster for a moment, and puts it back before the count | nobody is counted elsewhere | `rosters::who_is_put_into_a_roster_and_taken_out_again_is_not_counted_there` |
//! | changes how many were asked, after the count | remains | `rosters::what_a_wave_says_that_was_asked_can_be_falsified_and_tells_nothing` |
//! | sets an organisation's threshold below five, checks of the table taken off | five holds | `rosters::a_threshold_below_five_in_the_table_of_organisations_releases_nothing` |
//! | makes members older in their unit, before a wave | remains: settled; the cohort shows them | `rosters::members_whose_dates_were_made_older_by_hand_show_in_the_cohort` |
//! | edits public key, number, date, epoch, organisation, second factor or notice of a reset of a vault | refused; not settled | `accounts::no_guarded_column_of_a_vault_can_be_edited`, `accounts::a_vault_that_was_edited_makes_nobody_settled` |
//! | grafts verifier, wraps or names of another account | refused | `accounts::nobody_comes_in_with_what_is_grafted_from_another_account`, `accounts::a_recovery_code_of_another_vault_opens_nothing_though_the_row_is_hers` |
//! | makes a code for a reset | an empty vault; its owner is out, audited | `accounts::a_code_that_she_makes_herself_opens_an_empty_vault_and_shows` |
//! | puts a whole old vault back | remains: the old password opens it | `accounts::an_old_row_of_a_vault_opens_with_the_old_password_and_nothing_else` |
//! | puts sign-ins back, or lengthens them | refused by epoch and lifetime; one that was ended alone comes back to its owner | `accounts::a_sign_in_row_that_is_put_back_ends_with_its_epoch_and_its_lifetime`, `accounts::one_sign_ins_row_is_of_no_use_under_another_token` |
//! | forges an access token | remains: reads what she can read in the tables | `accounts::an_access_token_of_her_own_making_reads_only_what_she_has_read_already` |
//! | swaps records, moves them, puts old ones back | not read; refused | `records::records_that_change_places_are_read_by_nobody`, `records::a_record_at_another_place_is_not_there`, `records::an_old_record_that_is_put_back_changes_nothing` |
//! | falsifies released rows | remains | `records::released_rows_can_be_falsified_and_tell_nothing_of_a_person` |
//! | replaces a chain of the audit, or tags an entry with a key of her own | found by `audit verify` | `records::an_audit_from_elsewhere_or_under_her_own_key_is_found`; more in `tests/all/operations/audit.rs` |
//! | sets the audit back with its head | found by `--head` with the one in the log | `records::an_audit_that_is_cut_and_grows_again_misses_the_noted_head` |
//! | swaps or keeps replies of repeated requests | refused | `accounts::a_reply_that_is_remembered_is_told_to_its_own_sign_in_only` |

mod accounts;
mod ballots;
pub mod ground;
mod records;
mod rosters;
mod waves;
