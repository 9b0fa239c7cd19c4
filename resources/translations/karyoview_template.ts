<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>About</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="32"/>
        <source>Computer-assisted. For research and evaluation use; interpretation by qualified cytogenetic personnel is required.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="37"/>
        <source>MIT licence. Qt for Python {0} is used under the LGPL: its libraries are files of their own and may be replaced; their source is at download.qt.io.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="49"/>
        <source>Its card names no source.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="62"/>
        <source>About KaryoView</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="65"/>
        <source>About</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="67"/>
        <source>What the engines learnt from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="69"/>
        <source>Engines&apos; data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="70"/>
        <location filename="../../karyoview/gui/dialogs/about.py" line="101"/>
        <source>Licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="95"/>
        <source>Search, for example Qt or torch; Enter for the next place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="96"/>
        <source>Search the licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="114"/>
        <source>The bill of materials lists {0} parts; it is bom.json beside the licences.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AccountDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="289"/>
        <source>Reopen the account of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="289"/>
        <source>Close the account of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="291"/>
        <source>The account is never deleted: what was signed stays signed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="299"/>
        <source>{0}: the account is open again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="299"/>
        <source>{0}: the account is closed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="41"/>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="42"/>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="44"/>
        <source>&amp;Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="45"/>
        <source>En&amp;gine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="46"/>
        <source>&amp;Karyotype</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="47"/>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="48"/>
        <location filename="../../karyoview/gui/keys.py" line="142"/>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="51"/>
        <source>&amp;Open a folder of images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="52"/>
        <source>Open the &amp;sample case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="53"/>
        <source>&amp;Close the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="54"/>
        <source>Try &amp;saving again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="55"/>
        <source>&amp;Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="56"/>
        <source>Case se&amp;ttings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="57"/>
        <source>Case su&amp;mmary…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="58"/>
        <source>&amp;Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="59"/>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="60"/>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="61"/>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="62"/>
        <source>&amp;Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="63"/>
        <source>&amp;Select</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="64"/>
        <source>&amp;Horizontal box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="65"/>
        <source>R&amp;otated box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="66"/>
        <source>&amp;New box at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="67"/>
        <source>&amp;Propose a box at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="68"/>
        <source>&amp;Count by clicks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="69"/>
        <source>Spl&amp;it by a stroke</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="70"/>
        <source>&amp;Join boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="71"/>
        <source>&amp;Accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="72"/>
        <source>&amp;Uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="73"/>
        <source>&amp;Turn 180°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="74"/>
        <source>Rotate 5° &amp;left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="75"/>
        <source>Rotate 5° &amp;right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="76"/>
        <source>Rotate 0.5° left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="77"/>
        <source>Rotate 0.5° right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="78"/>
        <source>Next &amp;doubtful chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="79"/>
        <source>Previous doubtful chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="80"/>
        <source>Next chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="81"/>
        <source>Previous chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="82"/>
        <source>Select all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="83"/>
        <source>Move left 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="84"/>
        <source>Move right 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="85"/>
        <source>Move up 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="86"/>
        <source>Move down 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="87"/>
        <source>Move left 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="88"/>
        <source>Move right 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="89"/>
        <source>Move up 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="90"/>
        <source>Move down 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="91"/>
        <source>Narrower</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="92"/>
        <source>Wider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="93"/>
        <source>Longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="94"/>
        <source>Shorter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="95"/>
        <source>&amp;Next cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="96"/>
        <source>&amp;Previous cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="97"/>
        <source>Next &amp;unreviewed cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="98"/>
        <source>Previous unreviewed cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="99"/>
        <source>&amp;Reviewed, and next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="100"/>
        <source>Set &amp;aside…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="101"/>
        <source>Open a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="102"/>
        <source>Slide, culture, stage, scale…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="103"/>
        <source>Review these &amp;first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="104"/>
        <source>&amp;Blind second count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="105"/>
        <source>Run on &amp;this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="106"/>
        <source>Run on &amp;all cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="107"/>
        <source>Run on the &amp;selected cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="108"/>
        <source>&amp;Cancel the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="109"/>
        <source>Threshold &amp;up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="110"/>
        <source>Threshold &amp;down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="111"/>
        <source>Remove untouched &amp;proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="112"/>
        <source>Take all suggestions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="113"/>
        <source>Dismiss suggestions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="114"/>
        <source>Compare &amp;two engines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="115"/>
        <source>T&amp;rain, compare, activate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="117"/>
        <source>To the &amp;tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="118"/>
        <source>To the &amp;markers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="119"/>
        <source>&amp;Swap the two selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="120"/>
        <source>M&amp;irror…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="121"/>
        <source>&amp;Outline…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="122"/>
        <source>Next chromosome of the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="123"/>
        <source>Previous chromosome of the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="125"/>
        <source>One &amp;class over all cells…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="126"/>
        <source>T&amp;ally and karyotype…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="127"/>
        <source>&amp;Report and signatures…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="128"/>
        <source>&amp;People who sign…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="129"/>
        <source>&amp;Lock, change of user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="130"/>
        <source>&amp;Hide boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="131"/>
        <source>Hide all &amp;but the selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="132"/>
        <source>&amp;Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="133"/>
        <source>&amp;Scores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="134"/>
        <source>&amp;Raw image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="135"/>
        <source>&amp;Brightness and contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="136"/>
        <source>L&amp;oupe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="116"/>
        <source>&amp;Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="43"/>
        <source>Ch&amp;romosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="137"/>
        <source>&amp;Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="138"/>
        <source>&amp;100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="139"/>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="140"/>
        <source>Zoom o&amp;ut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="141"/>
        <source>Next pane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="143"/>
        <source>&amp;Keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="144"/>
        <source>Show &amp;log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="145"/>
        <source>&amp;About KaryoView</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="148"/>
        <source>Every edit is saved at once; this tries again after a failure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="149"/>
        <source>Back to selecting; drops what was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="150"/>
        <source>Drag from corner to corner.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="151"/>
        <source>Drag the axis from the short arm&apos;s end, then the width, and click.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="152"/>
        <source>Or double-click on empty ground.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="153"/>
        <source>Each click is one chromosome; a click on a mark takes it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="154"/>
        <source>Chromosomes that nothing is said of yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="155"/>
        <source>Ctrl+click adds the second chromosome to the selection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="156"/>
        <source>Asks first: a mirrored chromosome is not what the microscope showed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="157"/>
        <source>Paint or cut the outline of the selected chromosome.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="158"/>
        <source>All copies of one class side by side, and the composite karyogram.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="159"/>
        <source>Counts, clones, what the protocol still asks for, and the karyotype.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="160"/>
        <source>Preview, sign and save the report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="161"/>
        <source>Enter a person, change a passphrase, close an account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="162"/>
        <source>Cover the window until somebody proves who they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="163"/>
        <source>List the cells in the order in which reviewing them brings most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="164"/>
        <source>Draw across a box; press again to cut the selected box in the middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="165"/>
        <source>The selected proposals are right; with nothing selected, all without doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="170"/>
        <source>everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="170"/>
        <source>in the metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="171"/>
        <source>in the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="171"/>
        <source>in lists</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AdjustPanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="18"/>
        <source>Brightness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="19"/>
        <source>Contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="20"/>
        <source>Gamma</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="21"/>
        <source>Sharpness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="22"/>
        <source>Inverted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="23"/>
        <source>Even background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="24"/>
        <source>As it was taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/adjust.py" line="33"/>
        <source>For the eye only: neither the original nor what engines see is changed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Blind</name>
    <message>
        <location filename="../../karyoview/gui/blind.py" line="76"/>
        <source>Both counts agree: first {0}, yours {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/blind.py" line="77"/>
        <source>The counts differ: first {0}, yours {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/blind.py" line="81"/>
        <source>; {0} boxes of the first count have no mark of yours</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BoardView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="351"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="491"/>
        <source>No chromosome yet: run an engine (I) or draw boxes (R, O).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="34"/>
        <source>Case settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="42"/>
        <source>Withhold sex in window, export and report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="44"/>
        <source>Blind second count of reviewed cells by a colleague</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="46"/>
        <source>Corrections of this case may train engines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="51"/>
        <source>Case id (no names of patients)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="52"/>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CellDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="91"/>
        <source>as the file says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="92"/>
        <source>Bands analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="96"/>
        <source>Slide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="97"/>
        <source>Culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="98"/>
        <source>Stage x, y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="99"/>
        <source>Scale, µm per pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="110"/>
        <source>Stage: two numbers, such as 12.5, 40.2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="111"/>
        <source>Scale: one number, such as 0.065.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CellsPanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="105"/>
        <source>{0} red and {1} amber doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="193"/>
        <source>Cells of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="202"/>
        <source>Order of the cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="204"/>
        <source>In the order of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="205"/>
        <source>Most doubtful first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="206"/>
        <source>Review these first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="209"/>
        <source>Cells that are expected to need most corrections and look unlike those reviewed come first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="259"/>
        <source>{0} of {1} reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="260"/>
        <source>, {0} set aside</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassButton</name>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="36"/>
        <source>Class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="55"/>
        <source>Give class {0} to the selection: type {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparePanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="40"/>
        <source>First engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="41"/>
        <source>Second engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="45"/>
        <source>Differences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="46"/>
        <source>Ask the missing engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="48"/>
        <source>First</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="49"/>
        <source>Second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="82"/>
        <source>{0} was not asked about this cell yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="106"/>
        <location filename="../../karyoview/gui/panels/compare.py" line="109"/>
        <source>only {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="113"/>
        <source>{0} says {1}, {2} says {3}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfusionMatrix</name>
    <message>
        <location filename="../../karyoview/gui/training/matrix.py" line="26"/>
        <source>Confusion matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/matrix.py" line="46"/>
        <source>{0} boxes of no chromosome were called {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/matrix.py" line="48"/>
        <source>{0} of {1} chromosomes {2} were not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/matrix.py" line="49"/>
        <source>{0} of {1} chromosomes {2} were called {3}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Curves</name>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="21"/>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="22"/>
        <source>Corrections per cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="23"/>
        <source>Measured when cells are held back for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="49"/>
        <source>all together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="55"/>
        <source>held-back cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="78"/>
        <source>step</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="327"/>
        <source>No engine with weights was found. Help, Engines says where to put weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="330"/>
        <source>An engine is running; cancel it first (Ctrl+.) or wait for it to end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="336"/>
        <source>There is no cell left to ask about.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="389"/>
        <source>{0}: a person worked here meanwhile; new finds are shown as suggestions.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnginePanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="36"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="60"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="43"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="66"/>
        <source>Threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="48"/>
        <source>This cell (I)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="49"/>
        <source>All cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="51"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="56"/>
        <source>Cells that failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="38"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="61"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="40"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="62"/>
        <source>Effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="105"/>
        <source>No engine has weights here. Count by clicks (C), or put weights into the weights folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="109"/>
        <source>24 classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="109"/>
        <source>counts only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="110"/>
        <source>rotated boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="110"/>
        <source>horizontal boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="131"/>
        <source>Loading the engine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="133"/>
        <source>{0} of {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="135"/>
        <source>, about {0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="143"/>
        <source>Cancelled. Cells that were done keep their proposals.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="145"/>
        <source>The run failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="147"/>
        <source>{0} of {1} cells in {2}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="37"/>
        <location filename="../../karyoview/gui/dialogs/export.py" line="71"/>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="44"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="45"/>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="47"/>
        <source>Reviewed cells only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="52"/>
        <source>Annotations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="53"/>
        <source>Pictures with boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="54"/>
        <source>Table of counts and corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="65"/>
        <source>Into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="98"/>
        <source>{0} cannot hold: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="104"/>
        <source>Export into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="113"/>
        <source>Exporting {0}/{1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="114"/>
        <source>{0} files written to {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Hands</name>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="21"/>
        <source>Open a folder of metaphase images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="20"/>
        <source>Undone: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="20"/>
        <source>There is nothing to undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="25"/>
        <source>Done again: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="25"/>
        <source>There is nothing to redo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="34"/>
        <source>Deleted. {0} left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="62"/>
        <location filename="../../karyoview/gui/handlers/edit.py" line="94"/>
        <source>Split. {0} now; give the parts their classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="70"/>
        <source>Joined. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="27"/>
        <source>Nothing to accept without a look: press Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="29"/>
        <source>{0} proposals without doubt accepted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="81"/>
        <source>Count every chromosome by a click; Enter compares with the first count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="115"/>
        <source>No chromosome stands out here; draw a box with R or O.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="129"/>
        <source>Select a chromosome first: click it, press Tab, or Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="172"/>
        <source>No chromosome is in doubt; about the cell: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="173"/>
        <source>No open doubts. Enter marks the cell as reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="100"/>
        <source>This is the last cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="100"/>
        <source>This is the first cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="106"/>
        <source>
… and {0} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="111"/>
        <source>One red doubt is open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="112"/>
        <source>{0} red doubts are open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="116"/>
        <source>Look at them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="117"/>
        <source>Reviewed all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="149"/>
        <source>Every cell is reviewed or set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="67"/>
        <source>This is done on the karyogram; K shows it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="36"/>
        <source>Number of chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="73"/>
        <source>blind second count: the first count and all proposals are hidden</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="81"/>
        <source>{0} without a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="86"/>
        <source>? {0} to look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="93"/>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="94"/>
        <source>proposed, not looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="95"/>
        <source>in review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="96"/>
        <source>reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="97"/>
        <source>set aside: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="103"/>
        <source>class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="108"/>
        <source>✔ saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="108"/>
        <source>saving…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="109"/>
        <source>✕ not saved: Ctrl+S tries again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="109"/>
        <source>read-only</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HelpWindow</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="31"/>
        <source>KaryoView help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="35"/>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="42"/>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="44"/>
        <source>Forward</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="45"/>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="86"/>
        <source>The help pages are missing in this installation. Ctrl+/ lists all keys.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IdleLock</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="131"/>
        <source>{0} goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="140"/>
        <source>Nobody is entered yet: Karyotype, People who sign.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="83"/>
        <location filename="../../karyoview/gui/panels/inspector.py" line="137"/>
        <source>Nothing selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="89"/>
        <source>Accept (G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="95"/>
        <source>Open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="103"/>
        <source>Chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="111"/>
        <location filename="../../karyoview/gui/panels/inspector.py" line="160"/>
        <source>No open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="138"/>
        <source>{0} selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="140"/>
        <source>Click a chromosome, or press Space for the next doubtful one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="144"/>
        <source>no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="145"/>
        <source>Class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="158"/>
        <source>1 open doubt (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="158"/>
        <source>{0} open doubts (Space: next)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="167"/>
        <source>checked by a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="168"/>
        <source>by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="170"/>
        <source>marked as uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="172"/>
        <source>proposed by {0}, score {1:.2f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="174"/>
        <source>the network&apos;s own class: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="179"/>
        <source>{0:.0f} × {1:.0f} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="181"/>
        <source>, turned {0:.1f}°</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KaryogramBoard</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="88"/>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="91"/>
        <source>Ideograms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="91"/>
        <source>Ideogram beside each pair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="93"/>
        <source>Enhanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="93"/>
        <source>Stretch the greys of all at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="96"/>
        <source>Straight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="96"/>
        <source>Straighten bent chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="106"/>
        <source>One class…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="106"/>
        <source>Tally…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="106"/>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="243"/>
        <source>Select two chromosomes to swap them (Ctrl+click adds the second).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="253"/>
        <source>Mirror image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="254"/>
        <source>A mirrored chromosome is no longer what the microscope showed. Mirror it all the same?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="265"/>
        <source>Select one chromosome to change its outline.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="288"/>
        <source>Turn 180°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="291"/>
        <source>Rotate 5° left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="291"/>
        <source>Rotate 5° right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="295"/>
        <source>Move to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="297"/>
        <source>tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="297"/>
        <source>markers</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="206"/>
        <source>{0} gives a class; no action can own it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="210"/>
        <source>{0} already means: {1}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LockDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="34"/>
        <source>KaryoView is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="40"/>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="48"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="41"/>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="49"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="44"/>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="53"/>
        <source>KaryoView is locked. Your work is saved.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <location filename="../../karyoview/gui/window.py" line="128"/>
        <location filename="../../karyoview/gui/window.py" line="296"/>
        <source>sex</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="153"/>
        <source>{0} cells. I asks the engine about this cell, Ctrl+B about all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="158"/>
        <source>{0} holds no images that KaryoView can read (PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, DICOM).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="267"/>
        <source>Loading {0}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="330"/>
        <source>{0} suggestions from {1}: click one to take it, or take all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="332"/>
        <source>Take all (Shift+G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="400"/>
        <source>Horizontal box: drag from corner to corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="401"/>
        <source>Rotated box: drag the axis from the short arm, then the width, and click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="402"/>
        <source>Split: draw a stroke across a box (S again: in the middle)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="403"/>
        <source>Count: click each chromosome, click a mark to take it away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="430"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="474"/>
        <source>The last edit could not be saved. It is listed in the log (Help, Show log).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MetaphaseView</name>
    <message>
        <location filename="../../karyoview/gui/canvas/view.py" line="55"/>
        <source>Metaphase</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Ordering</name>
    <message>
        <location filename="../../karyoview/gui/ordering.py" line="35"/>
        <source>No engine with weights was found, so nothing can be expected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/ordering.py" line="46"/>
        <source>Looking which cells are best reviewed first…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/ordering.py" line="59"/>
        <source>No open cell has proposals yet: Ctrl+B asks the engine about all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/ordering.py" line="65"/>
        <source>{0}: {1}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OutlineDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="44"/>
        <source>Outline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="56"/>
        <source>Paint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="56"/>
        <source>Erase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="56"/>
        <source>Cut in two</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="64"/>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="65"/>
        <source>Brush</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="246"/>
        <source>Change the passphrase of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="250"/>
        <source>Present passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="250"/>
        <source>New passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="251"/>
        <source>Once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="256"/>
        <source>or an approver agrees below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="265"/>
        <source>{0} has a new passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PersonDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="207"/>
        <source>Enter a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="211"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="211"/>
        <source>Name as printed on reports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="212"/>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="212"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="212"/>
        <source>Once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="216"/>
        <source>At least {0} characters; several words are good.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="227"/>
        <source>{0} is entered.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/preferences.py" line="32"/>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="53"/>
        <source>Report of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="59"/>
        <source>Laboratory number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="59"/>
        <source>Specimen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="60"/>
        <source>Referral</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="60"/>
        <source>Culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="60"/>
        <source>Banding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="61"/>
        <source>Band level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="61"/>
        <source>Interpretation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="67"/>
        <source>Header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="69"/>
        <source>Laboratory&apos;s template…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="73"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="86"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="74"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="87"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="77"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="88"/>
        <source>Meaning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="79"/>
        <source>Sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="81"/>
        <source>Amend…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="84"/>
        <source>Signatures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="94"/>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="96"/>
        <source>Renew the preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="97"/>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="136"/>
        <source>The report is being made…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="163"/>
        <source>Page {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="179"/>
        <source>Template</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="179"/>
        <source>Templates (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="189"/>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="204"/>
        <source>Saved: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="218"/>
        <source>Signed as {0} by {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="223"/>
        <source>Amended report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="223"/>
        <source>Why is the report amended?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="233"/>
        <source> (an earlier state)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="235"/>
        <source>Not signed yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RoleDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="272"/>
        <source>Role of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="274"/>
        <location filename="../../karyoview/gui/dialogs/users.py" line="276"/>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="281"/>
        <source>{0}: the role is changed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetAsideDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="16"/>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="27"/>
        <source>Set aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="21"/>
        <source>broken metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="21"/>
        <source>overlapping metaphases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="21"/>
        <source>too many crossings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="22"/>
        <source>poor banding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="22"/>
        <source>out of focus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="22"/>
        <source>no metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="25"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="32"/>
        <source>A cell that is set aside is no count. Why?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <location filename="../../karyoview/services/settings.py" line="39"/>
        <source>Your name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="40"/>
        <source>Printed in the record beside each of your edits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="43"/>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="43"/>
        <source>Colours of the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="47"/>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="47"/>
        <source>In points; labels on the metaphase follow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="52"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="52"/>
        <source>Where engines compute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="55"/>
        <source>Engine effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="55"/>
        <source>Views each cell is judged in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="59"/>
        <source>Next doubt after a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="60"/>
        <source>Typing a class on a doubtful chromosome goes to the next.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="63"/>
        <source>Wait for a second digit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="64"/>
        <source>Milliseconds before 1 or 2 is taken alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="67"/>
        <source>Ask about open red doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="68"/>
        <source>Before a cell with red doubts is marked reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="71"/>
        <source>Lock when idle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="72"/>
        <source>Minutes without a key or click, 0: never; only where people are entered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="82"/>
        <source>as the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="82"/>
        <source>light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="82"/>
        <source>dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="83"/>
        <source>automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="83"/>
        <source>processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="83"/>
        <source>graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="84"/>
        <source>fast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="84"/>
        <source>balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="84"/>
        <source>best</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="81"/>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="108"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="109"/>
        <source>Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="110"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="111"/>
        <source>Display</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="112"/>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="160"/>
        <source>&amp;Recent cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="176"/>
        <source>&amp;Panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="249"/>
        <source>Opening {0}…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="36"/>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="43"/>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="39"/>
        <source>Search actions and keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="42"/>
        <source>Actions and keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="43"/>
        <source>Action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="43"/>
        <source>Works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="51"/>
        <source>Set key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="53"/>
        <source>Default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="56"/>
        <source>Digits 1–22, X and Y give the class of the selected chromosome; 0 takes it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="146"/>
        <source>Changed: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StripsDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="54"/>
        <source>One class over all cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="63"/>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="73"/>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="66"/>
        <source>Composite karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="67"/>
        <source>Save the picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="131"/>
        <source>{0} cells are still being cut out. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="137"/>
        <source>Composed of {0} cells: each chromosome is real, the karyogram is no cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="146"/>
        <source>{0} copies in {1} cells, scaled to one length; the number is how well the bands fit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="170"/>
        <source>Save the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="176"/>
        <source>Composite of {0} cells</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SummaryDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="35"/>
        <source>Case summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="40"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="43"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="43"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="43"/>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="43"/>
        <source>Corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="43"/>
        <source>Seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="44"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="74"/>
        <source>No cell is reviewed yet. By hand a cell takes {0} clicks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="77"/>
        <source>{0} reviewed cells: {1:.1f} corrections and {2:.0f} s a cell (by hand: {3} clicks).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="83"/>
        <source>without an engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="85"/>
        <source>{0}: {1} cells, {2:.1f} corrections a cell</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TallyDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="47"/>
        <source>Tally of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="50"/>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="80"/>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="60"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="67"/>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="68"/>
        <source>Karyotype (ISCN)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="72"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="73"/>
        <source>Reason, where it breaks a rule or differs from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="74"/>
        <source>Propose from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="75"/>
        <source>Set the karyotype</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="108"/>
        <source>The case is approved; amend it to change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="125"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="125"/>
        <source>total</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="125"/>
        <source>analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="125"/>
        <source>karyotyped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="125"/>
        <source>culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="127"/>
        <source>mar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="129"/>
        <source>structural changes, as t(9;22)(q34;q11.2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="170"/>
        <source>{0} of {1} counted, {2} of {3} analysed, {4} of {5} karyotyped, {6} set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="176"/>
        <source>Modal number {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="180"/>
        <source>Culture {0}: {1} counted, {2} analysed, {3} karyotyped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="183"/>
        <source>no clonal change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="185"/>
        <source>Line {0}: {1}; 1 cell ({3}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="185"/>
        <source>Line {0}: {1}; {2} cells ({3}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="190"/>
        <source>Odd cell {0}: {1}; in too few cells for a clone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="193"/>
        <source>Mosaicism of {0:.1f} % or more is excluded (95 %).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="256"/>
        <source>The reviewed cells say {0}; give a reason to keep this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="259"/>
        <source>(What names the sex chromosomes is withheld.)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="284"/>
        <source>Give a reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="287"/>
        <source>The karyotype is set.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="55"/>
        <location filename="../../karyoview/gui/training/page.py" line="425"/>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="84"/>
        <source> minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="86"/>
        <source>Minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="86"/>
        <source>Passes over the cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="92"/>
        <location filename="../../karyoview/gui/training/page.py" line="116"/>
        <source>Cases to learn from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="93"/>
        <source>Add a case…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="93"/>
        <source>Look through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="96"/>
        <source>What the cases hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="97"/>
        <source>“Look through” shows what training would use, and what is wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="98"/>
        <source>Start training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="103"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="104"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="105"/>
        <source>Budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="132"/>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="132"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="133"/>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="133"/>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="137"/>
        <source>Activate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="137"/>
        <source>Roll back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="141"/>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="142"/>
        <source>Comparison</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="144"/>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="146"/>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="188"/>
        <source>No engine on this machine can be trained further.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="220"/>
        <source>A case to learn from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="234"/>
        <source>Choose at least one case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="236"/>
        <source>Looking through {0} cases…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="295"/>
        <source>The engines are loading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="303"/>
        <source>{0} is active from now on; “Roll back” takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="311"/>
        <source>{0} is again as it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="327"/>
        <source>The comparison was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="393"/>
        <source>{0} cells of {1} cases, {2} held back to compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="396"/>
        <source>{0} chromosomes, {1} corrected or drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="399"/>
        <source> (left out)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="405"/>
        <source>Comparing: {0} of {1} cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="410"/>
        <source>The comparison is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="420"/>
        <source>Active weights of {0}: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="425"/>
        <source>The training starts…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="426"/>
        <source>Paused; nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="426"/>
        <source>Done. Compare before it is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="427"/>
        <source>Cancelled; it can go on from its last checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="428"/>
        <source>Stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="432"/>
        <source>: step {0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="434"/>
        <source>, about {0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="439"/>
        <source>{0:.0f} minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="440"/>
        <source>{0:.0f} seconds</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UsersDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="42"/>
        <source>People who sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="45"/>
        <source>People</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="47"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="47"/>
        <source>Name as printed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="47"/>
        <source>May</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="47"/>
        <source>Account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="55"/>
        <source>Enter a person…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="56"/>
        <source>Change passphrase…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="57"/>
        <source>Change role…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="58"/>
        <location filename="../../karyoview/gui/dialogs/users.py" line="136"/>
        <source>Close account…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="59"/>
        <source>Let another person go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="60"/>
        <source>Locks the window; whoever opens it again is named in the record.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="115"/>
        <source>analyse, review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="115"/>
        <source>analyse, review, approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="117"/>
        <source>closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="117"/>
        <source>open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="128"/>
        <source>Nobody is entered yet. Enter an analyst and an approver: a report needs two different people.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="136"/>
        <source>Reopen account…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="314"/>
        <source>analyst: analyses and reviews</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="315"/>
        <source>approver: approves as well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="323"/>
        <source>The two passphrases differ; type the second again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Validation</name>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="51"/>
        <source>Validate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="52"/>
        <source>Engine to validate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="57"/>
        <source>Validation record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="59"/>
        <source>Measures the engine on the reviewed cells of the ticked cases; cells that taught it are left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="62"/>
        <location filename="../../karyoview/gui/training/validation.py" line="80"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="63"/>
        <location filename="../../karyoview/gui/training/validation.py" line="81"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="65"/>
        <source>Sign and save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="65"/>
        <source>Save unsigned…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="107"/>
        <source>Tick at least one case with reviewed cells.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="111"/>
        <source>The engine is loading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="120"/>
        <source>Validating: {0} of {1} cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="125"/>
        <source>Measured. Sign it with your passphrase to stand for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="140"/>
        <source>A folder for the record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/validation.py" line="152"/>
        <source>Written: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Verdict</name>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="71"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="71"/>
        <location filename="../../karyoview/gui/training/verdict.py" line="72"/>
        <location filename="../../karyoview/gui/training/verdict.py" line="79"/>
        <source>Before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="71"/>
        <location filename="../../karyoview/gui/training/verdict.py" line="72"/>
        <location filename="../../karyoview/gui/training/verdict.py" line="79"/>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="71"/>
        <source>Count off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="72"/>
        <source>Truth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="72"/>
        <source>Called</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="73"/>
        <source>Corrections of each cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="74"/>
        <source>Confused classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="76"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="77"/>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="121"/>
        <source>Before: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/verdict.py" line="122"/>
        <source>Now: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="34"/>
        <source>Open a folder of metaphase images. Your originals are only ever read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="37"/>
        <source>Open a folder…  (Ctrl+O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="40"/>
        <source>Sample case {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="42"/>
        <source>Opens a copy in your own folder; nothing you do there matters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="46"/>
        <location filename="../../karyoview/gui/panels/welcome.py" line="48"/>
        <source>Recent cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="49"/>
        <source>You can also drop a folder here, or start KaryoView with the folder&apos;s name.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_OutlineView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="133"/>
        <source>Outline</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_StripView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="196"/>
        <source>Copies of one class</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_VouchedDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="166"/>
        <source>Approver&apos;s login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="167"/>
        <source>Approver&apos;s passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="168"/>
        <source>An approver agrees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="170"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="171"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
