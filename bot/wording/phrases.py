"""Every sentence that is not an article, in English, by its id. The other languages are in `locales/*.po`.

Rules for writing one: short, kind, said to one person; nothing that the policy does not promise; nothing of
substance on customs, tax or money lost by the customer's own doing (fact X0.3); hours, numbers and addresses
by placeholder only. `note` is for translators. Placeholders named `language` and `languages` take language
codes and show names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.wording.labels import INTENT_LABELS


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of ours. `plural` is the form for numbers other than one; `{count}` is the number."""

    id: str
    text: str
    note: str = ""
    plural: str = ""


_TALK = (
    Phrase(
        "greeting.automated",
        "I'm the automated assistant of {shop}. If you would rather talk to a person, just say so.",
        "Stands before the first answer of a conversation.",
    ),
    Phrase("chat.greeting", "Hello! What can I do for you?"),
    Phrase("chat.thanks", "You're welcome! If anything else comes up, just write to me."),
    Phrase("chat.goodbye", "Goodbye, and all the best!"),
    Phrase(
        "chat.abuse",
        "I do want to help you. Let's keep this polite, please, and tell me what went wrong.",
        "Answer to insults: calm, without reproach.",
    ),
    Phrase("clarify.ask", "I'm not quite sure what you mean. Is it one of these?"),
    Phrase(
        "clarify.offer_person",
        "I'm sorry, I don't quite understand. Could you put it another way, or would you like a person to "
        "look at it?",
        "When nothing likely can be offered to choose from.",
    ),
    Phrase("offer.person", "If you like, a person here can help you with this."),
)

_REFUSALS = (
    Phrase(
        "refuse.customs",
        "Customs matters are not handled here, and I can't advise on them. The seller, the clearing agent "
        "or the customs office of the destination country can help you; complaints about customs clearance "
        "go to Hong Kong Customs.",
        "Facts X0.3, X2.7. No figure, no advice, no blame.",
    ),
    Phrase(
        "refuse.tax",
        "Taxes and duties are not handled here, and I can't advise on them. The responsible tax authority or "
        "the seller can help you.",
        "Facts X0.3, X2.7. No figure, no advice, no blame.",
    ),
    Phrase(
        "refuse.own_fault_funds",
        "I'm sorry this happened. We can't take up a loss of this kind here. Please contact your bank or "
        "payment provider as soon as you can; you can also turn to the party responsible or to a body such "
        "as the Hong Kong Consumer Council.",
        "Fact X0.3. Money lost by phishing, a wrong payee, paying twice ... Never hint at whose fault it "
        "was.",
    ),
    Phrase(
        "refuse.offer_person_customs",
        "If you like, a person here can give you a general, unofficial list of the papers usually needed "
        "and explain how to prepare them. If goods are delayed or held, or duty is asked for later, we can "
        "also help you ask the seller for papers such as the commercial invoice.",
        "Fact X3.6: these two things and nothing more.",
    ),
    Phrase(
        "refuse.offer_person_tax",
        "If you were asked for duty afterwards, a person here can help you ask the seller for papers such as "
        "the commercial invoice.",
        "Fact X3.6.",
    ),
    Phrase(
        "refuse.offer_person_funds",
        "If you like, a person here can explain how to appeal and help you look up your payment records.",
        "Fact X3.9: these two things and nothing more.",
    ),
    Phrase(
        "refuse.and",
        "As for the other part of your message:",
        "Stands between an answer and a refusal, in either order.",
    ),
)

_HANDOFF = (
    Phrase("handoff.live", "I've passed this on as {case}. Someone will join you in this chat by {due}."),
    Phrase(
        "handoff.closed",
        "I've passed this on as {case}. Nobody is on duty right now (our hours: {chat_hours}); someone will "
        "answer you here by {due}.",
    ),
    Phrase("handoff.mail", "I've passed this on as {case}. A person will write to you by {due}."),
    Phrase(
        "handoff.urgent",
        "I've passed this on as urgent ({case}); it has priority, and someone will get back to you by {due} "
        "at the latest. The quickest way to a person is our phone line: {phone} ({phone_hours}).",
        "Said in the chat, by mail and in messengers. {due} is the first answer, not the solution (X4.1).",
    ),
    Phrase(
        "handoff.urgent_now",
        "I've passed this on as urgent ({case}), and it has priority. The quickest way to a person is our "
        "phone line: {phone} ({phone_hours}).",
        "As handoff.urgent, where the promise is at once.",
    ),
    Phrase(
        "handoff.already",
        "Your request {case} is already with my colleagues; you don't need to repeat anything.",
    ),
    Phrase("handoff.noted", "Thank you, I've added this to your case."),
    Phrase(
        "ask.order_number",
        "Could you send me the order number, please? If you don't have it at hand, just say so.",
    ),
    Phrase("order.no_source", "I can't look into orders myself, so a person will check this for you."),
)

_ACTS = (
    Phrase(
        "act.language_switched",
        "Of course, let's go on in English.",
        "Name your own language in place of English: the customer asked for it.",
    ),
    Phrase(
        "act.language_unserved", "I'm sorry, I can't answer in that language. I can answer in: {languages}."
    ),
    Phrase(
        "act.feedback_received",
        "I've passed your suggestion on as {case}, and you will have our answer by {due}.",
        "Fact X8.1. Said after the article feedback.submit, which says thank you.",
    ),
    Phrase(
        "act.escalation_received",
        "Your request for a review is with us as {case}: a senior colleague will go over the matter again "
        "and answer you by {due}.",
        "Fact X7.1. Said after the article escalation.request, which asks for what is new.",
    ),
    Phrase(
        "act.escalation_needs_answer_first",
        "A review can follow once a person has answered you. I'm passing your matter on now, so that you "
        "get that answer.",
        "Fact X7.1, ruling: with no person's answer yet it is a hand-off.",
    ),
    Phrase("case.joined", "{name} is with you now.", "{name}: the colleague who takes over."),
    Phrase(
        "case.resolved", "Your case {case} is closed. If something is still open, just write to us again."
    ),
    Phrase("case.reopened", "Your case is open again."),
    Phrase("case.handed_back", "The automated assistant is with you again."),
    Phrase("rate.thanks", "Thank you for your rating!"),
    Phrase(
        "failure.temporary",
        "I'm sorry, we could not deal with your message just now. It has been kept; a person will look at "
        "it.",
    ),
)

_BUTTONS = (
    Phrase("choice.human", "Talk to a person", "Button, up to 40 characters."),
    Phrase("choice.none", "None of these", "Button, up to 40 characters."),
    Phrase("choice.rate.1", "1 – very poor", "Button, up to 40 characters."),
    Phrase("choice.rate.2", "2 – poor", "Button, up to 40 characters."),
    Phrase("choice.rate.3", "3 – fair", "Button, up to 40 characters."),
    Phrase("choice.rate.4", "4 – good", "Button, up to 40 characters."),
    Phrase("choice.rate.5", "5 – very good", "Button, up to 40 characters."),
    Phrase(
        "action.human", "I would like to talk to a person.", "What the customer said by pressing the button."
    ),
    Phrase("action.rate", "My rating: {stars} out of 5.", "What the customer said by pressing the button."),
    Phrase(
        "action.language",
        "Please talk to me in {language}.",
        "What the customer said by pressing the button.",
    ),
)

_FORMS = (
    Phrase("form.moment", "{date}, {time} ({zone})", "A point in time, as it stands after 'by'."),
    Phrase(
        "form.daily", "every day {spans}, {zone}", "Hours that are the same every day; {spans}: 08:00–24:00."
    ),
    Phrase(
        "form.weekly", "{spans}, {zone}", "Hours by weekday; {spans}: Mon–Fri 08:00–24:00, Sat 10:00–18:00."
    ),
    Phrase("form.seconds", "{count} second", "As it stands after 'within'.", plural="{count} seconds"),
    Phrase("form.minutes", "{count} minute", "As it stands after 'within'.", plural="{count} minutes"),
    Phrase("form.hours", "{count} hour", "As it stands after 'within'.", plural="{count} hours"),
    Phrase("form.days", "{count} day", "As it stands after 'within'.", plural="{count} days"),
    Phrase(
        "form.workdays", "{count} working day", "As it stands after 'within'.", plural="{count} working days"
    ),
)

_INTENTS = tuple(
    Phrase(f"intent.{intent}", label, "Button, up to 40 characters.")
    for intent, label in INTENT_LABELS.items()
)

PHRASES: Mapping[str, Phrase] = MappingProxyType(
    {phrase.id: phrase for phrase in (*_TALK, *_REFUSALS, *_HANDOFF, *_ACTS, *_BUTTONS, *_FORMS, *_INTENTS)}
)
"""All phrases by id, in the order translators see them."""
