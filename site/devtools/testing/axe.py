"""axe, asked about a page as it stands: everything each time, but of contrast only what it has not judged before.

Half of its time would go into what lies behind each text, again for every page and width, though they share a style
sheet. What it passes is kept here by all that decides it, and the same text on the same grounds is passed unasked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What passed is most of an answer, and handing it over costs more than finding it.
# Style sheets are read for one experimental rule alone, which does not run of its own accord.
_ASKED = "{resultTypes: ['violations'], preload: {assets: ['media']}}"

# A text's key is its own style, what is painted by whatever it is in, and what else is painted where it stands (which
# may lie over the one or the other). What axe leaves undecided or cannot see is asked again each time.
_JUDGE = """async (known) => {
    if (!("axe" in window)) { return ""; }
    const rule = axe._audit.rules.find((it) => it.id === "color-contrast"), check = axe._audit.checks[rule.id];
    rule.suits ??= rule.matches;
    check.ask ??= check.evaluate;
    const passed = new Set(known), before = passed.size, painted = [], grounds = new Map(), keys = new Map();
    const paint = (it) => [it.backgroundColor, it.backgroundImage, it.opacity, it.filter, it.mixBlendMode].join();
    const bare = "rgba(0, 0, 0, 0),none,1,none,normal";
    for (const it of document.querySelectorAll("body *")) {
        const style = getComputedStyle(it), own = paint(style);
        if (own === bare) { continue; }
        painted.push([it, `${own},${style.position},${style.zIndex}`, it.getBoundingClientRect()]);
    }
    const ground = (node) => {
        if (!(node?.actualNode instanceof Element)) { return node?.parent ? ground(node.parent) : ""; }
        if (!grounds.has(node)) {
            const own = paint(getComputedStyle(node.actualNode));
            grounds.set(node, ground(node.parent) + (own === bare ? "" : `/${own}`));
        }
        return grounds.get(node);
    };
    const around = (element) => {
        const box = element.getBoundingClientRect();
        return painted.filter(([it, , other]) =>
            other.left < box.right && other.right > box.left && other.top < box.bottom && other.bottom > box.top
            && !it.contains(element) && !element.contains(it)
        ).map(([it, own]) => `${own},${it.compareDocumentPosition(element)}`).join("/");
    };
    const key = (element, node) => {
        if (!keys.has(element)) {
            const it = getComputedStyle(element);
            const text = [it.color, it.fontSize, it.fontWeight, it.textShadow, it.webkitTextStroke].join();
            keys.set(element, `${text}|${ground(node)}|${around(element)}`);
        }
        return keys.get(element);
    };
    rule.matches = (element, node, context) =>
        !passed.has(key(element, node)) && rule.suits(element, node, context);
    check.evaluate = function (element, options, node) {
        if (passed.has(key(element, node))) { return true; }
        let said = {};
        const heard = Object.create(this, {data: {value: (words) => { said = words; this.data(words); }}});
        const answer = check.ask.call(heard, element, options, node);
        if (answer === true && said.bgColor) { passed.add(key(element, node)); }
        return answer;
    };
    const found = await axe.run(ASKED);
    return JSON.stringify([found.violations, [...passed].slice(before)]);
}""".replace("ASKED", _ASKED)


class Judge:
    """`judge(page)`: fails unless axe finds nothing on the page as it is now."""

    def __init__(self) -> None:
        self._script = Axe().axe_script
        self._passed: list[str] = []

    def __call__(self, page: Page) -> None:
        # A press returns when the next page has begun, and that page has nothing to judge before it is read.
        page.wait_for_load_state("domcontentloaded")
        found, passed = json.loads(self._asked(page))
        self._passed += passed
        assert not found, "\n".join(
            f"{rule['id']} ({rule['help']}): {node['html']}" for rule in found for node in rule["nodes"]
        )

    def _asked(self, page: Page) -> str:
        """Reading the script takes as long as looking through a page, and it stays until the page goes."""
        if not (answer := page.evaluate(_JUDGE, self._passed)):
            page.evaluate(self._script)
            answer = page.evaluate(_JUDGE, self._passed)
        return str(answer)
