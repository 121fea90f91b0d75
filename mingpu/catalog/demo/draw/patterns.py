"""Pattern tiles, 60 x 60 units each; `@` stands for the colour."""

TILES = {
    "stripe": '<path d="M0 15H60M0 45H60" stroke="@" stroke-width="11"/>',
    "breton": '<path d="M0 20H60" stroke="@" stroke-width="14"/>',
    "pin": '<path d="M10 0V60M30 0V60M50 0V60" stroke="@" stroke-width="3" opacity=".75"/>',
    "rib": '<path d="M7 0V60M22 0V60M37 0V60M52 0V60" stroke="@" stroke-width="5" opacity=".35"/>',
    "dot": '<g fill="@"><circle cx="15" cy="15" r="6"/><circle cx="45" cy="45" r="6"/></g>',
    "check": '<g fill="@" opacity=".5"><path d="M0 0H30V60H0z"/><path d="M0 0H60V30H0z"/></g>',
    "grid": '<path d="M0 30H60M30 0V60" stroke="@" stroke-width="3" fill="none" opacity=".7"/>',
    "plaid": '<g stroke="@"><path d="M0 18H60M18 0V60" stroke-width="20" opacity=".35"/>'
    '<path d="M0 48H60M48 0V60" stroke-width="4" opacity=".7"/></g>',
    "speck": '<g fill="@" opacity=".75"><circle cx="8" cy="12" r="2.6"/><circle cx="34" cy="6" r="1.5"/>'
    '<circle cx="49" cy="24" r="3"/><circle cx="22" cy="33" r="1.8"/><circle cx="39" cy="46" r="2.2"/>'
    '<circle cx="11" cy="52" r="1.4"/><circle cx="55" cy="55" r="1.6"/></g>',
    "terrazzo": '<g fill="@"><path d="M6 8l9-3 4 8-8 4z" opacity=".8"/><path d="M36 4l7 4-4 7-6-3z" opacity=".45"/>'
    '<path d="M48 30l8 2-3 9-8-3z" opacity=".8"/><path d="M20 34l9 1-1 9-9-2z" opacity=".45"/>'
    '<path d="M6 48l6 4-5 6-5-5z" opacity=".6"/><path d="M37 50l6-3 4 6-6 4z" opacity=".7"/></g>',
    "leaf": '<g fill="@"><path d="M6 30C6 14 18 8 28 6 28 20 20 30 6 30z"/>'
    '<path d="M36 58c0-14 8-20 18-24 1 14-5 22-18 24z" opacity=".7"/></g>',
    "wave": '<path d="M0 15q15-14 30 0t30 0M0 45q15-14 30 0t30 0" fill="none" stroke="@" stroke-width="5"/>',
    "scale": '<path d="M0 30a30 30 0 0 1 60 0M-30 60a30 30 0 0 1 60 0a30 30 0 0 1 60 0" fill="none" stroke="@" '
    'stroke-width="4"/>',
    "bloom": '<g fill="@"><circle cx="18" cy="10" r="6"/><circle cx="10" cy="18" r="6"/><circle cx="26" cy="18" r="6"/>'
    '<circle cx="18" cy="26" r="6"/><circle cx="48" cy="42" r="4"/><circle cx="43" cy="47" r="4"/>'
    '<circle cx="53" cy="47" r="4"/><circle cx="48" cy="52" r="4"/></g>',
    "star": '<path d="M15 4l3 8 8 3-8 3-3 8-3-8-8-3 8-3zM45 34l3 8 8 3-8 3-3 8-3-8-8-3 8-3z" fill="@"/>',
    "herring": '<path d="M0 15L15 0M0 45L45 0M15 60L60 15M45 60L60 45" stroke="@" stroke-width="5" opacity=".7"/>',
    "knit": '<path d="M0 6l15 12 15-12 15 12L60 6M0 36l15 12 15-12 15 12 15-12" fill="none" stroke="@" '
    'stroke-width="6" opacity=".45"/>',
    "weave": '<g fill="@" opacity=".4"><path d="M2 4h26v10H2zM32 4h26v10H32zM2 34h26v10H2zM32 34h26v10H32z"/>'
    '<path d="M17 19h26v10H17zM-13 19h26v10h-26zM47 19h26v10H47zM17 49h26v10H17zM-13 49h26v10h-26zM47 49h26v10H47z"/></g>',
    "mesh": '<g fill="@" opacity=".55"><circle cx="10" cy="10" r="4"/><circle cx="30" cy="10" r="4"/>'
    '<circle cx="50" cy="10" r="4"/><circle cx="20" cy="30" r="4"/><circle cx="40" cy="30" r="4"/>'
    '<circle cx="0" cy="30" r="4"/><circle cx="60" cy="30" r="4"/><circle cx="10" cy="50" r="4"/>'
    '<circle cx="30" cy="50" r="4"/><circle cx="50" cy="50" r="4"/></g>',
    "moon": '<path d="M22 8a14 14 0 1 0 8 20A11 11 0 0 1 22 8z" fill="@"/><circle cx="46" cy="46" r="4" fill="@"/>',
}
