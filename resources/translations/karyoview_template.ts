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
        <location filename="../../karyoview/gui/dialogs/users.py" line="301"/>
        <source>Reopen the account of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="301"/>
        <source>Close the account of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="303"/>
        <source>The account is never deleted: what was signed stays signed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="311"/>
        <source>{0}: the account is open again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="311"/>
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
        <location filename="../../karyoview/gui/keys.py" line="144"/>
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
        <source>Cell is a&amp;nalysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="126"/>
        <source>Cell is kar&amp;yotyped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="127"/>
        <source>One &amp;class over all cells…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="128"/>
        <source>T&amp;ally and karyotype…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="129"/>
        <source>&amp;Report and signatures…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="130"/>
        <source>&amp;People who sign…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="131"/>
        <source>&amp;Lock, change of user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="132"/>
        <source>&amp;Hide boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="133"/>
        <source>Hide all &amp;but the selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="134"/>
        <source>&amp;Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="135"/>
        <source>&amp;Scores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="136"/>
        <source>&amp;Raw image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="137"/>
        <source>&amp;Brightness and contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="138"/>
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
        <location filename="../../karyoview/gui/keys.py" line="139"/>
        <source>&amp;Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="140"/>
        <source>&amp;100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="141"/>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="142"/>
        <source>Zoom o&amp;ut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="143"/>
        <source>Next pane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="145"/>
        <source>&amp;Keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="146"/>
        <source>Show &amp;log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="147"/>
        <source>&amp;About KaryoView</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="150"/>
        <source>Every edit is saved at once; this tries again after a failure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="151"/>
        <source>Back to selecting; drops what was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="152"/>
        <source>Drag from corner to corner.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="153"/>
        <source>Drag the axis from the short arm&apos;s end, then the width, and click.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="154"/>
        <source>Or double-click on empty ground.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="155"/>
        <source>Each click is one chromosome; a click on a mark takes it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="156"/>
        <source>Chromosomes that nothing is said of yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="157"/>
        <source>Ctrl+click adds the second chromosome to the selection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="158"/>
        <source>Asks first: a mirrored chromosome is not what the microscope showed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="159"/>
        <source>Paint or cut the outline of the selected chromosome.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="160"/>
        <source>The bands of this cell were analysed; the tally counts it. Again takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="161"/>
        <source>The karyogram of this cell is finished; the tally counts it. Again takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="164"/>
        <source>All copies of one class side by side, and the composite karyogram.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="165"/>
        <source>Counts, clones, what the protocol still asks for, and the karyotype.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="166"/>
        <source>Preview, sign and save the report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="167"/>
        <source>Enter a person, change a passphrase, close an account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="168"/>
        <source>Cover the window until somebody proves who they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="169"/>
        <source>List the cells in the order in which reviewing them brings most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="170"/>
        <source>Draw across a box; press again to cut the selected box in the middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="171"/>
        <source>The selected proposals are right; with nothing selected, all without doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="176"/>
        <source>everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="176"/>
        <source>in the metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="177"/>
        <source>in the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="177"/>
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
        <location filename="../../karyoview/gui/blind.py" line="86"/>
        <source>Both counts agree: first {0}, yours {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/blind.py" line="87"/>
        <source>The counts differ: first {0}, yours {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/blind.py" line="91"/>
        <source>; {0} boxes of the first count have no mark of yours</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BoardView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="386"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="538"/>
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
        <location filename="../../karyoview/gui/panels/cells.py" line="106"/>
        <source>{0} red and {1} amber doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="201"/>
        <source>Cells of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="210"/>
        <source>Order of the cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="212"/>
        <source>In the order of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="213"/>
        <source>Most doubtful first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="214"/>
        <source>Review these first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="217"/>
        <source>Cells that are expected to need most corrections and look unlike those reviewed come first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="267"/>
        <source>{0} of {1} reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="268"/>
        <source>, {0} set aside</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassButton</name>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="37"/>
        <source>Class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="56"/>
        <source>Give class {0} to the selection: type {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparePanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="45"/>
        <source>First engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="46"/>
        <source>Second engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="51"/>
        <source>Differences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="56"/>
        <source>Blue: only the first. Yellow: only the second; a click on one in the picture takes it over. Orange: another class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="62"/>
        <source>First</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="63"/>
        <source>Second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="106"/>
        <source>Choose two different engines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="109"/>
        <source>Ask {0} about this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="111"/>
        <source>{0} was not asked about this cell yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="141"/>
        <source>{0} agree, {1} differ in class, {2} only {3}, {4} only {5}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="148"/>
        <source>{0} names no classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="160"/>
        <source>only {0}: {1}, score {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="160"/>
        <source>only {0}: no class, score {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="187"/>
        <source>{0} looks at this cell… Ctrl+. cancels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="151"/>
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
    <name>CaseController</name>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="188"/>
        <source>The case is approved; amend it (Karyotype, Report and signatures) to change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="342"/>
        <source>No engine with weights was found. Help, Engines says where to put weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="345"/>
        <source>An engine is running; cancel it first (Ctrl+.) or wait for it to end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="351"/>
        <source>There is no cell left to ask about.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="404"/>
        <source>{0}: a person worked here meanwhile; new finds are shown as suggestions.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Doubts</name>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="39"/>
        <source>unsure ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="40"/>
        <source>not quite sure ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="41"/>
        <source>{0}: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="42"/>
        <source>{0}, {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="43"/>
        <source>marked as uncertain by a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="44"/>
        <source>the network alone says {0}, the cell as a whole {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="45"/>
        <source>perhaps the same chromosome as {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="46"/>
        <source>lies over {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="47"/>
        <source>has no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="48"/>
        <source>one of {0} copies of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="49"/>
        <source>no {0} in this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="50"/>
        <source>only one {0} in this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="51"/>
        <source>{0} sex chromosomes, an unusual set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="52"/>
        <source>sex chromosomes: {0} X and {1} Y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="53"/>
        <source>long for a {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="54"/>
        <source>short for a {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="55"/>
        <source>not seen by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="56"/>
        <source>{0} says {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="57"/>
        <source>{0} sees a chromosome here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="58"/>
        <source>sex chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="59"/>
        <source>another engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="60"/>
        <source>{0} or {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="63"/>
        <source>overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="64"/>
        <source>direction uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="65"/>
        <source>uncertain chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="66"/>
        <source>class changed by the cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="67"/>
        <source>class not read in the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="68"/>
        <source>place in the cell uncertain</source>
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
        <location filename="../../karyoview/gui/panels/engine.py" line="114"/>
        <source>measured: {0} corrections a cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="116"/>
        <source>Experimental: to be trained further, not to work with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="137"/>
        <source>Loading the engine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="139"/>
        <source>{0} of {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="141"/>
        <source>, about {0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="149"/>
        <source>Cancelled. Cells that were done keep their proposals.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="151"/>
        <source>The run failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="153"/>
        <source>{0} of {1} cells in {2}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="37"/>
        <location filename="../../karyoview/gui/dialogs/export.py" line="72"/>
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
        <location filename="../../karyoview/gui/dialogs/export.py" line="48"/>
        <source>Reviewed cells only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="53"/>
        <source>Annotations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="54"/>
        <source>Pictures with boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="55"/>
        <source>Table of counts and corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="66"/>
        <source>Into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="100"/>
        <source>{0} cannot hold: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="106"/>
        <source>Export into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="115"/>
        <source>Exporting {0}/{1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="116"/>
        <source>{0} files written to {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Handlers</name>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="21"/>
        <source>Open a folder of metaphase images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="31"/>
        <source>The sample case is being prepared…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="45"/>
        <source>A copy of the sample case; its boxes are {0}.</source>
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
        <location filename="../../karyoview/gui/handlers/edit.py" line="126"/>
        <source>Taken over. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="28"/>
        <source>Nothing to accept without a look: press Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="30"/>
        <source>{0} proposals without doubt accepted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="76"/>
        <source>Count every chromosome by a click; Enter compares with the first count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="115"/>
        <source>No chromosome stands out here; draw a box with R or O.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="130"/>
        <source>Select a chromosome first: click it, press Tab, or Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="173"/>
        <source>No chromosome is in doubt; about the cell: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="174"/>
        <source>No open doubts. Enter marks the cell as reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="105"/>
        <source>This is the last cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="105"/>
        <source>This is the first cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="111"/>
        <source>
… and {0} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="116"/>
        <source>One red doubt is open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="117"/>
        <source>{0} red doubts are open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="121"/>
        <source>Look at them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="122"/>
        <source>Reviewed all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="154"/>
        <source>Every cell is reviewed or set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="84"/>
        <source>{0} counts as analysed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="85"/>
        <source>{0} no longer counts as analysed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="86"/>
        <source>{0} counts as karyotyped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="87"/>
        <source>{0} no longer counts as karyotyped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="94"/>
        <source>This is done on the karyogram; K shows it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="40"/>
        <source>Number of chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="83"/>
        <source>blind second count: the first count and all proposals are hidden</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="95"/>
        <source>{0} without a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="100"/>
        <source>? {0} to look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="107"/>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="108"/>
        <source>proposed, not looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="109"/>
        <source>in review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="110"/>
        <source>reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="111"/>
        <source>set aside: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="118"/>
        <source>proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="123"/>
        <source>class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="128"/>
        <source>✔ saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="128"/>
        <source>saving…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="129"/>
        <source>✕ not saved: Ctrl+S tries again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="129"/>
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
        <location filename="../../karyoview/gui/karyogram/lock.py" line="184"/>
        <source>{0} goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="191"/>
        <source>Nobody is entered yet: Karyotype, People who sign.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="84"/>
        <location filename="../../karyoview/gui/panels/inspector.py" line="138"/>
        <source>Nothing selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="90"/>
        <source>Accept (G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="96"/>
        <source>Open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="104"/>
        <source>Chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="112"/>
        <location filename="../../karyoview/gui/panels/inspector.py" line="161"/>
        <source>No open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="139"/>
        <source>{0} selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="141"/>
        <source>Click a chromosome, or press Space for the next doubtful one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="145"/>
        <source>no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="146"/>
        <source>Class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="159"/>
        <source>1 open doubt (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="159"/>
        <source>{0} open doubts (Space: next)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="168"/>
        <source>checked by a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="169"/>
        <source>by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="171"/>
        <source>marked as uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="173"/>
        <source>proposed by {0}, score {1:.2f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="175"/>
        <source>the network&apos;s own class: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="180"/>
        <source>{0:.0f} × {1:.0f} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="182"/>
        <source>, turned {0:.1f}°</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KaryogramBoard</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="92"/>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="95"/>
        <source>Ideograms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="95"/>
        <source>Ideogram beside each pair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="97"/>
        <source>Enhanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="97"/>
        <source>Stretch the greys of all at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="100"/>
        <source>Straight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="100"/>
        <source>Straighten bent chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="110"/>
        <source>One class…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="110"/>
        <source>Tally…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="110"/>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="115"/>
        <source>Analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="116"/>
        <source>Karyotyped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="278"/>
        <source>Select two chromosomes to swap them (Ctrl+click adds the second).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="288"/>
        <source>Mirror image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="289"/>
        <source>A mirrored chromosome is no longer what the microscope showed. Mirror it all the same?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="300"/>
        <source>Select one chromosome to change its outline.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="323"/>
        <source>Turn 180°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="326"/>
        <source>Rotate 5° left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="326"/>
        <source>Rotate 5° right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="330"/>
        <source>Move to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="332"/>
        <source>tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="332"/>
        <source>markers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/items.py" line="97"/>
        <source>not assigned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="212"/>
        <source>{0} gives a class; no action can own it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="216"/>
        <source>{0} already means: {1}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LockDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="54"/>
        <source>KaryoView is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="60"/>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="68"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="61"/>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="69"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="64"/>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="73"/>
        <source>KaryoView is locked. Your work is saved.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <location filename="../../karyoview/gui/window.py" line="132"/>
        <location filename="../../karyoview/gui/window.py" line="326"/>
        <source>sex</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="155"/>
        <source>{0} cells. I asks the engine about this cell, Ctrl+B about all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="160"/>
        <source>{0} holds no images that KaryoView can read (PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, DICOM).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="201"/>
        <source>blind second count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="286"/>
        <source>Loading {0}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="360"/>
        <source>{0} suggestions from {1}: click one to take it, or take all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="362"/>
        <source>Take all (Shift+G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="432"/>
        <source>Horizontal box: drag from corner to corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="433"/>
        <source>Rotated box: drag the axis from the short arm, then the width, and click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="434"/>
        <source>Split: draw a stroke across a box (S again: in the middle)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="435"/>
        <source>Count: click each chromosome, click a mark to take it away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="457"/>
        <source>The karyogram shows the first count; it is hidden in a blind second count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="466"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="533"/>
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
        <location filename="../../karyoview/gui/dialogs/users.py" line="258"/>
        <source>Change the passphrase of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="262"/>
        <source>Present passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="262"/>
        <source>New passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="263"/>
        <source>Once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="268"/>
        <source>or an approver agrees below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="277"/>
        <source>{0} has a new passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PersonDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="219"/>
        <source>Enter a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="223"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="223"/>
        <source>Name as printed on reports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="224"/>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="224"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="224"/>
        <source>Once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="228"/>
        <source>At least {0} characters; several words are good.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="239"/>
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
        <location filename="../../karyoview/gui/karyogram/report.py" line="68"/>
        <source>Report of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="74"/>
        <source>Laboratory number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="74"/>
        <source>Specimen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="75"/>
        <source>Referral</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="75"/>
        <source>Culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="75"/>
        <source>Banding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="76"/>
        <source>Band level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="76"/>
        <source>Interpretation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="82"/>
        <source>Header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="84"/>
        <source>Laboratory&apos;s template…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="88"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="103"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="89"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="104"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="92"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="105"/>
        <source>Meaning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="93"/>
        <source>analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="93"/>
        <source>reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="93"/>
        <source>approved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="96"/>
        <source>Sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="98"/>
        <source>Amend…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="101"/>
        <source>Signatures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="114"/>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="116"/>
        <source>Renew the preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="117"/>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="167"/>
        <source>The report is being made…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="170"/>
        <source>The last edit could not be saved; close this, and try again with Ctrl+S.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="203"/>
        <source>Page {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="220"/>
        <source>Template</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="220"/>
        <source>Templates (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="228"/>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="250"/>
        <source>Saved: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="260"/>
        <source>Not signed: the last edit is not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="267"/>
        <source>Signed as {0} by {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="276"/>
        <source>Amended report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="277"/>
        <source>Why is the report amended?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="292"/>
        <source> (an earlier state)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="294"/>
        <source>Not signed yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RoleDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="284"/>
        <source>Role of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="286"/>
        <location filename="../../karyoview/gui/dialogs/users.py" line="288"/>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="293"/>
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
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="31"/>
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
    <name>MainWindowBase</name>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="83"/>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="120"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="121"/>
        <source>Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="122"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="123"/>
        <source>Display</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="124"/>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="171"/>
        <source>&amp;Recent cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="187"/>
        <source>&amp;Panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/shell.py" line="260"/>
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
    <name>Steps</name>
    <message>
        <location filename="../../karyoview/gui/words.py" line="13"/>
        <source>add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="14"/>
        <source>delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="15"/>
        <source>move</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="16"/>
        <source>resize</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="17"/>
        <source>rotate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="18"/>
        <source>turn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="19"/>
        <source>class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="20"/>
        <source>accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="21"/>
        <source>uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="22"/>
        <source>split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="23"/>
        <source>join</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="24"/>
        <source>count mark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="25"/>
        <source>suggestion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="26"/>
        <source>proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="27"/>
        <source>remove proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="28"/>
        <source>second count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="29"/>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="30"/>
        <source>proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="31"/>
        <source>open again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="32"/>
        <source>reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/words.py" line="33"/>
        <source>set aside</source>
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
        <location filename="../../karyoview/gui/dialogs/summary.py" line="36"/>
        <source>Case summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="41"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="44"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="44"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="44"/>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="44"/>
        <source>Corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="44"/>
        <source>Seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="45"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="76"/>
        <source>No cell is reviewed yet. By hand a cell takes {0} clicks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="79"/>
        <source>{0} reviewed cells: {1:.1f} corrections and {2:.0f} s a cell (by hand: {3} clicks).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="85"/>
        <source>without an engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="87"/>
        <source>{0}: {1} cells, {2:.1f} corrections a cell</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TallyDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="50"/>
        <source>Tally of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="53"/>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="83"/>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="63"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="70"/>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="71"/>
        <source>Karyotype (ISCN)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="75"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="76"/>
        <source>Reason, where it breaks a rule or differs from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="77"/>
        <source>Propose from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="78"/>
        <source>Set the karyotype</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="126"/>
        <source>structural changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="159"/>
        <source>Typed by a person, with blanks between: t(9;22)(q34;q11.2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="202"/>
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
        <location filename="../../karyoview/gui/karyogram/tally.py" line="126"/>
        <source>mar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="168"/>
        <source>{0} of {1} counted, {2} of {3} analysed, {4} of {5} karyotyped, {6} set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="174"/>
        <source>Modal number {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="178"/>
        <source>Culture {0}: {1} counted, {2} analysed, {3} karyotyped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="181"/>
        <source>no clonal change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="183"/>
        <source>Line {0}: {1}; 1 cell ({3}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="183"/>
        <source>Line {0}: {1}; {2} cells ({3}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="188"/>
        <source>Odd cell {0}: {1}; in too few cells for a clone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="191"/>
        <source>Mosaicism of {0:.1f} % or more is excluded (95 %).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="268"/>
        <source>The reviewed cells say {0}; give a reason to keep this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="271"/>
        <source>(What names the sex chromosomes is withheld.)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="296"/>
        <source>Give a reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="299"/>
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
        <location filename="../../karyoview/gui/dialogs/users.py" line="44"/>
        <source>People who sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="47"/>
        <source>People</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="49"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="49"/>
        <source>Name as printed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="49"/>
        <source>May</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="49"/>
        <source>Account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="57"/>
        <source>Enter a person…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="58"/>
        <source>Change passphrase…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="59"/>
        <source>Change role…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="60"/>
        <location filename="../../karyoview/gui/dialogs/users.py" line="138"/>
        <source>Close account…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="61"/>
        <source>Let another person go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="62"/>
        <source>Locks the window; whoever opens it again is named in the record.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="117"/>
        <source>analyse, review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="117"/>
        <source>analyse, review, approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="119"/>
        <source>closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="119"/>
        <source>open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="130"/>
        <source>Nobody is entered yet. Enter an analyst and an approver: a report needs two different people.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="138"/>
        <source>Reopen account…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="326"/>
        <source>analyst: analyses and reviews</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="327"/>
        <source>approver: approves as well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="335"/>
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
    <name>ComparisonView</name>
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
        <location filename="../../karyoview/gui/dialogs/users.py" line="168"/>
        <source>Approver&apos;s login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="169"/>
        <source>Approver&apos;s passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="170"/>
        <source>An approver agrees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="172"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/users.py" line="173"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
