//! Who has power over people, or is one of them, and uses nothing but the API and the command line.
//! What is tried, and what comes of it; each line is a test.
//!
//! | tried | what happens | test |
//! |---|---|---|
//! | members invented less than 14 days before | counted at the organisation only; remains: alone there with four of them, she is known | `members::members_who_were_invented_yesterday_fill_no_team` |
//! | members invented in time | counted; every colleague reads their names and how many joined | `members::members_who_were_invented_in_time_are_shown_by_name` |
//! | people moved shortly before, or away and back | counted at the organisation only | `members::people_who_are_moved_before_a_wave_are_not_counted_where_they_come_to` |
//! | resets before a wave | the same; shown, and each is signed out | `members::a_reset_before_a_wave_takes_its_owner_out_of_the_team_and_shows` |
//! | three accomplices and one worker | not shown | `members::three_accomplices_and_one_worker_are_not_shown` |
//! | one, two, all but one accomplice | half of the scale; remains: more, nearly all | `members::accomplices_learn_more_with_each_and_all_but_one_learn_the_last` |
//! | a second plan for the same people within 21 days | it waits | `plans::three_weeks_lie_between_waves_whichever_plan_asks` |
//! | people moved to the units of a second plan, after or during a wave | not asked again | `plans::people_who_are_moved_to_another_plan_are_not_asked_again_at_once`, `plans::people_who_are_moved_while_a_wave_is_open_answer_in_one_only` |
//! | a wave stopped and asked again | it waits | `plans::a_wave_that_is_stopped_is_not_asked_again_at_once` |
//! | an extension too long, or twice | refused | `plans::an_extension_is_short_and_comes_once` |
//! | the threshold lowered, raised and lowered | refused below five; the next wave | `plans::a_threshold_is_never_below_five_and_changes_no_open_wave` |
//! | units moved, merged, emptied before a close | nothing changes | `plans::moving_merging_and_closing_units_changes_no_count` |
//! | a reset, two resets, both codes found | one ballot | `votes::two_resets_in_one_wave_leave_one_ballot`, `votes::withdrawing_resetting_and_answering_again_is_no_ballot` |
//! | an account erased and invited again | no second vote | `votes::who_erases_her_account_and_is_invited_again_has_no_second_vote` |
//! | leaving, locking, moving meanwhile | one ballot | `votes::leaving_locking_and_moving_give_no_second_vote` |
//! | many answers at one moment | one ballot | `votes::many_different_answers_at_one_moment_are_one_ballot` |
//! | late answers | never counted | `votes::late_answers_are_never_counted` |
//! | keeping nothing, changing how far she is counted | one ballot or none | `votes::who_keeps_nothing_and_answers_again_is_counted_once` |
//! | two organisations | one ballot in each | `votes::one_person_in_two_organisations_votes_once_in_each` |
//! | a backup restored twice, in either engine | counted once | `restores::a_backup_that_is_restored_twice_counts_once_in_either_engine` |
//! | a new or foreign state folder | refused, or the wave is stopped | `restores::a_new_state_folder_never_lets_a_wave_be_counted_again` |
//! | a backup served by somebody else | no ballot without its owner | `restores::no_ballot_is_cast_again_before_its_owner_signs_in` |
//! | HR with programs of her own | nothing while the setting is off | `power::hr_sees_units_only_while_the_organisation_says_so` |
//! | an administrator with every scope | nothing of anybody | `power::an_administrator_reads_nobodys_answers_through_any_scope` |
//! | roles for herself, or from an accomplice | refused; shown to the members | `power::a_role_that_one_administrator_gets_from_another_is_shown_to_the_members` |
//! | a program after the role is gone | nothing | `power::a_program_keeps_nothing_when_its_owner_loses_her_role` |

mod members;
mod plans;
mod power;
mod restores;
mod votes;
