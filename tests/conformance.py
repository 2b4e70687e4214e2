"""What is proved of each standard, by which test, with whose client → docs/reference/conformance.md

python -m tests.conformance     (tests/interop/test_conformance.py keeps the page and the tests alike)
"""

import ast
from collections.abc import Iterator
from pathlib import Path

PAGE = Path("docs/reference/conformance.md")
WIRE, CODEC = "protocols/sip2/test_conversation.py", "protocols/sip2/test_codec.py"
SIP2 = "interop/test_sip2_client.py"
VISIT = f"{SIP2}::test_a_visit_from_sign_in_to_goodbye"
REST = f"{SIP2}::test_status_renewals_holds_blocks_and_everything_else"
OAI, HARVEST = "protocols/oai/test_oai.py", "interop/test_oai_harvesters.py"
SRU, CQL, ASKED = "protocols/sru/test_sru.py", "protocols/sru/test_cql.py", "interop/test_sru_clients.py"
DESCRIBED = "protocols/tags/test_described.py"
TAGS, OPEN, DEVICES = "protocols/tags/test_tags.py", "protocols/api/test_open_data.py", "protocols/api/test_devices.py"

ROWS: dict[str, list[tuple[str, str, str]]] = {
    # standard: (message, verb or requirement; test; whose client)
    "SIP 2.00": [
        ("01 Block Patron → 24", REST, "Sip2 (PyPI)"),
        ("09 Checkin → 10", VISIT, "Sip2 (PyPI)"),
        ("09: bin (CL), alert (CV), destination (CT)", f"{WIRE}::test_a_return_tells_the_bin_and_raises_the_alert_for_a_hold", "own"),
        ("09: provisional return", f"{WIRE}::test_a_return_machine_that_receives_provisionally_leaves_the_loan_to_a_desk", "own"),
        ("twelve situations for training, played and taken back", "web/office/test_practice.py::test_each_situation_shows_what_its_sentence_promises", "own"),
        ("11 Checkout → 12", VISIT, "Sip2 (PyPI)"),
        ("11: no block", f"{WIRE}::test_what_a_machine_did_while_cut_off_is_entered_at_its_own_time", "own"),
        ("11: cancel (BI)", f"{WIRE}::test_a_loan_that_the_machine_could_not_finish_is_taken_back", "own"),
        ("11: SC renewal policy", f"{WIRE}::test_lending_again_renews_where_the_machine_says_so", "own"),
        ("15 Hold → 16: + − *", f"{WIRE}::test_a_hold_is_placed_moved_and_cancelled", "own"),
        ("15 Hold → 16: +", REST, "Sip2 (PyPI)"),
        ("15: queue position (BR), when it may come, why others come first", f"{WIRE}::test_a_hold_is_told_with_its_place_when_it_may_come_and_why_others_come_first", "own"),
        ("17 Item Information → 18", VISIT, "Sip2 (PyPI)"),
        ("19 Item Status Update → 20 (properties: answered no)", REST, "Sip2 (PyPI)"),
        ("19: where an item was read", f"{WIRE}::test_a_machine_that_may_see_items_says_where_one_was_read", "own"),
        ("23 Patron Status → 24", REST, "Sip2 (PyPI)"),
        ("23: password (AD, CQ)", f"{WIRE}::test_a_reader_with_a_password_shows_it_where_the_machine_asks", "own"),
        ("25 Patron Enable → 26", REST, "Sip2 (PyPI)"),
        ("29 Renew → 30", REST, "Sip2 (PyPI)"),
        ("35 End Patron Session → 36", VISIT, "Sip2 (PyPI)"),
        ("37 Fee Paid → 38 (answered no)", REST, "Sip2 (PyPI)"),
        ("37: nothing to pay", f"{WIRE}::test_nothing_to_pay_is_paid", "own"),
        ("63 Patron Information → 64", VISIT, "Sip2 (PyPI)"),
        ("65 Renew All → 66", REST, "Sip2 (PyPI)"),
        ("93 Login → 94", VISIT, "Sip2 (PyPI)"),
        ("93: lock-out", f"{WIRE}::test_wrong_keys_close_the_line_and_then_the_device", "own"),
        ("97 Request ACS Resend", REST, "Sip2 (PyPI)"),
        ("99 SC Status → 98", VISIT, "Sip2 (PyPI)"),
        ("96 Request SC Resend", f"{WIRE}::test_a_broken_frame_is_asked_for_again", "own"),
        ("checksums and sequence numbers", f"{WIRE}::test_answers_count_and_check_only_when_their_request_did", "own"),
        ("retransmission is answered, not repeated", f"{WIRE}::test_the_same_message_again_is_answered_and_not_repeated", "own"),
        ("CP932, UTF-8, ASCII; CR, CRLF", f"{WIRE}::test_each_terminal_reads_its_own_letters", "own"),
        ("vendor dialects as data", f"{WIRE}::test_one_line_screens_get_one_short_sentence", "own"),
        ("screen messages in the reader's language", f"{WIRE}::test_a_reader_of_another_language_is_told_in_it_where_the_machine_has_the_letters", "own"),
        ("what a machine may do at its site, and what it may not", f"{WIRE}::test_a_session_ends_and_the_status_says_what_this_machine_may", "own"),
        ("98: not online for a stranger, who is cut off", f"{WIRE}::test_whoever_has_not_signed_in_is_told_so_and_cut_off", "own"),
        ("the live console: names and numbers masked", "web/office/test_terminals.py::test_what_machines_say_is_seen_without_who_it_is", "own"),
        ("over TLS 1.3; plain text is turned away", f"{SIP2}::test_the_line_is_encrypted_where_it_leaves_the_building", "Sip2 (PyPI); our own simulator"),
        ("every message cut at every byte, read or refused", f"{CODEC}::test_a_message_cut_at_any_byte_is_read_or_refused_and_never_fails", "own"),
        ("20,000 mutated frames", f"{CODEC}::test_twenty_thousand_mutated_frames_are_read_or_refused_each_within_a_second", "own"),
    ],
    "OAI-PMH 2.0": [
        ("Identify, ListMetadataFormats, ListSets, GetRecord", f"{HARVEST}::test_sickle_reads_what_the_repository_says_of_itself", "sickle"),
        ("ListRecords by tokens: each record once", f"{HARVEST}::test_sickle_gets_each_record_once", "sickle"),
        ("ListRecords, ListIdentifiers: each record once", f"{HARVEST}::test_scythe_gets_each_record_once", "oaipmh-scythe"),
        ("texts that are kept are never yesterday's", "catalogue/test_ready_made.py::test_a_changed_record_and_a_confirmed_reading_are_written_anew", "own"),
        ("selective harvesting", f"{HARVEST}::test_a_selective_harvest_gets_only_what_is_newer", "sickle"),
        ("records that change during a harvest", f"{OAI}::test_what_is_written_during_a_harvest_is_given_by_the_next_one", "own"),
        ("days and seconds", f"{OAI}::test_days_and_seconds_select_what_was_written_then", "own"),
        ("deleted records", f"{OAI}::test_a_deleted_record_is_told_for_ever", "own"),
        ("every error code", f"{OAI}::test_every_error_has_its_code", "own"),
        ("we harvest: a foreign museum's recorded answer", "harvest/test_harvest.py::test_what_a_real_museum_answered_is_taken_in", "own, of a recorded Blacklight repository"),
        ("we harvest: our own repository over the wire, three formats", "interop/test_harvest_of_ourselves.py::test_a_neighbour_collects_our_catalogue_each_record_once", "own"),
        ("we harvest: by SRU, a recorded answer of NDL Search", "harvest/test_harvest.py::test_what_ndl_search_answered_by_sru_is_taken_in", "own, of recorded answers of NDL Search"),
        ("we harvest: into the same index, with the source and the way back", "harvest/test_harvest.py::test_a_museum_comes_into_our_index_with_its_name_and_the_way_back", "own"),
        ("we harvest: going on after silence, after being killed, with a forgotten token", "harvest/test_harvest.py::test_a_run_that_met_silence_goes_on_where_it_stood", "own"),
        ("we harvest: elements are what a person said, and everything is read anew", "harvest/test_harvest.py::test_elements_are_what_a_person_said_and_everything_is_read_anew", "own"),
        ("we harvest: the columns of a table, chosen, tried on ten records, kept and taken back", "web/office/test_sources.py::test_what_is_in_which_column_is_chosen_tried_on_ten_records_and_kept", "own"),
        ("flow control: too fast is 503 with Retry-After", "project/test_limits.py::test_a_harvester_is_told_in_the_words_of_its_protocol", "own"),
        ("we harvest: a repository that says when to come again is waited for", "harvest/test_harvest.py::test_a_repository_that_says_when_to_come_again_is_waited_for", "own"),
        ("20,000 mutated lists of arguments", f"{OAI}::test_twenty_thousand_lists_of_arguments_are_read_or_refused_each_within_a_second", "own"),
        ("tokens tampered with", f"{OAI}::test_a_token_that_was_tampered_with_is_refused_and_never_fails", "own"),
    ],
    "SRU 1.1, 1.2, 2.0 and CQL": [
        ("searchRetrieve in each version", f"{ASKED}::test_yaz_client_searches_by_sru", "yaz-client"),
        ("searchRetrieve, Dublin Core", f"{ASKED}::test_zoomsh_searches_by_sru_and_gets_dublin_core", "zoomsh"),
        ("diagnostics", f"{ASKED}::test_yaz_client_is_told_what_is_wrong", "yaz-client"),
        ("explain, searchRetrieve in every schema over pages, diagnostics (1.1, 1.2)", f"{ASKED}::test_sruthi_reads_the_explanation_searches_in_every_schema_and_is_told_what_is_wrong", "sruthi (PyPI)"),
        ("explain in each version", f"{SRU}::test_the_server_explains_itself", "own"),
        ("scan", f"{SRU}::test_titles_are_scanned_in_the_order_of_the_syllabary", "own"),
        ("sort (2.0: CQL; 1.1: sortKeys)", f"{SRU}::test_the_old_sort_keys_are_understood", "own"),
        ("MARCXML, DC, MODS, DC-NDL", f"{SRU}::test_records_come_in_every_schema", "own"),
        ("CQL: read as another parser reads it", f"{CQL}::test_it_reads_what_another_parser_reads", "cql-parser (PyPI)"),
        ("CQL: 20,000 mutated queries", f"{CQL}::test_twenty_thousand_mutated_queries_are_read_or_refused_each_within_a_second", "own"),
    ],
    "Z39.50 (through simple2zoom)": [
        ("search with Japanese words, MARC 21 back", f"{ASKED}::test_an_old_system_finds_japanese_words_by_z3950_and_gets_marc_21", "yaz-client"),
    ],
    "ISO 28560": [
        ("part 3: layout and checksum", f"{TAGS}::test_a_fixed_block_has_its_fields_where_the_standard_puts_them", "own"),
        ("part 2: compaction", f"{TAGS}::test_texts_are_compacted_as_the_standard_says", "own"),
        ("both and a described layout in one stack", f"{DEVICES}::test_a_mixed_stack_is_told_tag_by_tag", "own"),
        ("20,000 damaged tags, of described layouts too", f"{TAGS}::test_twenty_thousand_damaged_tags_are_read_or_refused_each_within_a_second", "own"),
        ("AFI follows the loan; a stack beside a desk", f"{DEVICES}::test_what_lies_beside_a_desk_is_offered_to_that_desk_and_its_tags_follow_the_loan", "own"),
        ("a hold shelf with antennas: right, to fetch, strangers, not seen", f"{DEVICES}::test_a_hold_shelf_with_antennas_tells_what_is_right_wrong_and_not_there", "own"),
        ("visitors at a gate are counted once", f"{DEVICES}::test_visitors_are_counted_once", "own"),
        ("a gate is played against a running server", "web/desk/test_tagging.py::test_a_gate_is_played_against_a_running_server_and_ends_by_itself", "our own simulator"),
        ("tagging: scanned, written, noted; progress by place", "web/desk/test_tagging.py::test_progress_by_place_and_what_is_missing_in_the_order_of_the_shelves", "own"),
        ("bins of a return machine, set on a page and told to the machine", "web/office/test_terminals.py::test_the_bins_of_a_return_machine_are_set_on_a_page_and_told_to_the_machine", "own"),
        ("a handheld sends its readings; a lost answer is asked for again", "stocktake/test_doors.py::test_a_handheld_sends_a_batch_and_a_lost_answer_is_asked_for_again", "own"),
    ],
    "Live search of catalogues elsewhere (SRU)": [
        ("by ISBN, title and name", "discovery/test_targets.py::test_a_real_zebra_is_asked_by_isbn_title_and_name", "a real Zebra"),
        ("what NDL Search answered", "discovery/test_targets.py::test_a_book_is_found_by_isbn_in_what_ndl_search_answered", "recorded answers of NDL Search"),
        ("time limits: the quick, the slow and the silent are told apart", "discovery/test_asking.py::test_the_quick_the_slow_and_the_silent_are_told_apart_within_the_patience", "own"),
        ("one that hangs keeps no other waiting", "discovery/test_asking.py::test_one_that_hangs_takes_no_turn_from_the_others", "own"),
        ("circuit breaker: a silent one rests, and is asked again afterwards", "discovery/test_targets.py::test_a_target_that_is_not_there_is_left_alone_for_a_minute_after_three_tries", "own"),
        ("circuit breaker: questions that wait are told of the rest", "discovery/test_asking.py::test_questions_that_waited_for_a_silent_one_are_told_of_its_rest", "own"),
    ],
    "Described tag layouts (before ISO 28560)": [
        ("every field of an invented layout at its place", f"{DESCRIBED}::test_the_fields_stand_where_the_description_puts_them", "own"),
        ("checksums", f"{DESCRIBED}::test_checksums_are_those_of_the_published_tables", "own, values of the published tables"),
        ("round trip", f"{DESCRIBED}::test_a_described_tag_is_read_as_it_was_written", "own"),
        ("a wrong description is refused with its line", f"{DESCRIBED}::test_what_is_wrong_is_said_with_its_line", "own"),
        ("three kinds in one stack; what is damaged is not guessed at", f"{DESCRIBED}::test_one_stack_may_hold_three_kinds_and_what_is_damaged_is_not_guessed_at", "own"),
        ("a layout is checked, tried on a tag, kept and dropped on a page", "web/office/test_tag_layouts.py::test_a_layout_is_checked_tried_kept_and_dropped", "own"),
    ],
    "JSON API": [
        ("every operation as its description promises", "protocols/api/test_schema.py::test_every_answer_is_one_that_was_promised", "schemathesis"),
        ("a reader's own loans, holds and card", "protocols/api/test_mine.py::test_a_hold_is_placed_moved_put_to_sleep_and_cancelled", "own"),
        ("lists with commas, as others write them", f"{OPEN}::test_a_list_may_be_written_with_commas", "own"),
        ("availability of many ISBNs", f"{OPEN}::test_a_hundred_isbns_cost_no_more_queries_than_one", "own"),
        ("availability of a copy in every state, as its schema writes it", f"{OPEN}::test_the_answer_is_byte_for_byte_what_its_schema_writes", "own"),
        ("feed of changes", f"{OPEN}::test_changes_are_followed_from_where_one_stopped_and_name_nobody", "own"),
        ("errors: problem+json with every reason in the language asked for", "protocols/api/test_api.py::test_a_refusal_names_every_reason_in_the_language_asked_for", "own"),
        ("staff verbs: lend, take back, renew; a key lends once", "protocols/api/test_api.py::test_the_same_key_lends_once_and_gets_the_same_answer", "own"),
        ("sites and calendars", f"{OPEN}::test_sites_and_their_days_are_told", "own"),
        ("the page for developers", "protocols/api/test_api.py::test_the_page_for_developers_lists_every_operation", "own"),
        ("limits: 429 with the time to wait", "project/test_limits.py::test_a_program_that_asks_too_fast_is_told_when_to_come_again", "own"),
    ],
    "OAuth 2.1 and OpenID Connect 1.0": [
        ("code with PKCE, ID token, userinfo", "protocols/oidc/test_oidc.py::test_a_foreign_client_learns_that_she_is_a_resident_and_not_who_she_is", "Authlib (PyPI)"),
        ("a code is good once; refresh tokens turn", "protocols/oidc/test_oidc.py::test_a_refresh_token_turns_and_the_old_one_coming_back_ends_everything", "Authlib (PyPI)"),
        ("a service does what was allowed and nothing else", "protocols/oidc/test_oidc.py::test_a_service_does_what_was_allowed_and_nothing_else", "own"),
        ("errors of RFC 6749, and of RFC 6750 at the API", "protocols/oidc/test_oidc.py::test_a_wrong_question_for_a_token_is_told_what_is_wrong", "own; requests-oauthlib and curl by hand"),
        ("revocation", "protocols/oidc/test_oidc.py::test_she_takes_it_back_and_the_token_is_dead_at_once", "own"),
    ],
    "Feeds, signposts and files": [
        ("OpenSearch 1.1: description and suggestions", "protocols/signposts/test_signposts.py::test_browsers_learn_how_to_search_and_what_to_suggest", "own"),
        ("unAPI 1.0: every format of a record", "protocols/signposts/test_signposts.py::test_unapi_gives_the_record_behind_a_page_in_every_format_it_names", "own"),
        ("COinS (Z39.88) and citation tags in a title's page", "protocols/signposts/test_signposts.py::test_reference_managers_and_shared_links_read_the_title_off_the_page", "own"),
        ("RSS 2.0 and Atom 1.0 of a search", "web/opac/test_advanced.py::test_a_search_is_a_feed_of_what_came_new", "own"),
        ("iCalendar of days off, of the bus's visits", "web/office/test_calendars.py::test_days_off_of_a_library_can_be_taken_along", "icalendar (PyPI)"),
        ("iCalendar of a reader's due days, without titles", "web/my/test_own_things.py::test_a_calendar_reads_due_days_without_titles_until_it_is_revoked", "own"),
        ("dumps: MARC, JSON lines, SHA-256", "protocols/dumps/test_dumps.py::test_the_catalogue_and_its_holdings_go_out_and_foreign_eyes_can_read_them", "pymarc"),
    ],
    "PAIA 1.3 and DAIA 1.0": [
        ("login, patron, items, renew, request, cancel, fees, logout", "protocols/paia/test_paia.py::test_signing_in_holding_renewing_cancelling", "own"),
        ("error codes", "protocols/paia/test_paia.py::test_what_is_wrong_has_the_names_of_the_specification", "own"),
        ("sign in, profile, loans, renew, hold at a chosen site, cancel", "interop/test_discovery_systems.py::test_vufind_signs_in_renews_holds_at_a_chosen_site_and_cancels", "VuFind 10 driver PAIA by hand; its requests replayed"),
        ("login, patron, items, fees, request, cancel, renew, logout", "interop/test_discovery_systems.py::test_the_client_of_cpan_requests_an_edition_as_an_item", "App::PAIA 0.30 (CPAN) by hand; its requests replayed"),
        ("DAIA of one and of many titles; where to ask for a loan", "interop/test_discovery_systems.py::test_vufind_finds_its_documents_in_daia_and_where_to_ask_for_a_loan", "VuFind 10 driver DAIA by hand; its requests replayed"),
        ("DAIA by number, address and ISBN", "protocols/paia/test_paia.py::test_daia_tells_copy_by_copy_and_by_isbn", "own"),
    ],
    "ILS-DI as Koha offers it": [
        ("GetAvailability by title and copy, no personal data", "protocols/ilsdi/test_ilsdi.py::test_availability_is_told_copy_by_copy_and_names_nobody", "own"),
        ("GetRecords with MARCXML", "protocols/ilsdi/test_ilsdi.py::test_records_come_as_marcxml_with_their_copies_and_nobodys_loans", "own"),
        ("AuthenticatePatron, GetPatronInfo, GetPatronStatus", "protocols/ilsdi/test_ilsdi.py::test_a_reader_signs_in_and_sees_their_own", "own"),
        ("GetServices, RenewLoan", "protocols/ilsdi/test_ilsdi.py::test_what_may_be_renewed_is_asked_and_renewed", "own"),
        ("HoldTitle, HoldItem, CancelHold", "protocols/ilsdi/test_ilsdi.py::test_a_title_and_a_copy_are_held_and_let_go", "own"),
        ("sign in, profile, loans, GetServices, renew, hold, cancel", "interop/test_discovery_systems.py::test_vufind_speaks_ils_di_as_with_koha", "VuFind 10 driver KohaILSDI by hand; its requests replayed"),
        ("a copy with which nothing may be done", "interop/test_discovery_systems.py::test_a_copy_with_which_nothing_may_be_done_is_still_an_answer", "VuFind 10 driver KohaILSDI by hand; its requests replayed"),
        ("LookupPatron is refused; codes of errors", "protocols/ilsdi/test_ilsdi.py::test_what_is_wrong_has_the_codes_of_the_protocol", "own"),
    ],
    "Webhooks": [
        ("Standard Webhooks 1.0: id, timestamp, signature; tampered and old ones refused", "interop/test_webhook_verifier.py::test_a_stock_verifier_takes_what_we_send_and_nothing_else", "standardwebhooks (PyPI)"),
        ("the example of its reference libraries", "webhooks/test_webhooks.py::test_the_signature_is_the_one_that_the_reference_libraries_compute", "own"),
        ("no personal data", "webhooks/test_webhooks.py::test_a_loan_is_told_with_its_record_and_nothing_of_the_reader", "own"),
        ("410: no longer wanted, and sending again", "webhooks/test_webhooks.py::test_a_program_that_is_gone_is_switched_off_and_the_office_is_told", "own"),
        ("retries, giving up, sending again", "webhooks/test_webhooks.py::test_what_is_not_taken_comes_again_ever_later_and_is_given_up_after_three_days", "own"),
    ],
}  # fmt: skip


def page() -> str:
    lines = [
        "# Conformance",
        "",
        "Written by `python -m tests.conformance`. One row a message, verb or requirement: the test that proves it, and whose client.",
    ]
    for standard, rows in ROWS.items():
        lines += ["", f"## {standard}", "", "| What | Client | Test |", "|---|---|---|"]
        lines += [f"| {what} | {client} | `tests/{test}` |" for what, test, client in rows]
    return "\n".join(lines) + "\n"


def missing() -> Iterator[str]:
    """Tests that a row names and nobody has written."""
    for rows in ROWS.values():
        for _, named, _ in rows:
            path, _, test = named.partition("::")
            tree = ast.parse((Path("tests") / path).read_text())
            if test not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
                yield named


if __name__ == "__main__":
    PAGE.write_text(page())
