<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>About</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="34"/>
        <source>Computer-assisted. For research and evaluation use; interpretation by qualified cytogenetic personnel is required.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="39"/>
        <source>MIT licence. Qt for Python {0} is used under the LGPL: its libraries are files of their own and may be replaced; their source is at download.qt.io.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="51"/>
        <source>Its card names no source.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="64"/>
        <source>About KaryoView</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="68"/>
        <source>About</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="70"/>
        <source>What the engines learnt from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="72"/>
        <source>Engines&apos; data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="73"/>
        <location filename="../../karyoview/gui/dialogs/about.py" line="104"/>
        <source>Licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="98"/>
        <source>Search, for example Qt or torch; Enter for the next place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="99"/>
        <source>Search the licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="117"/>
        <source>The bill of materials lists {0} parts; it is bom.json beside the licences.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AccountDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="295"/>
        <source>Reopen the account of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="295"/>
        <source>Close the account of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="297"/>
        <source>The account is never deleted: what was signed stays signed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="305"/>
        <source>{0}: the account is open again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="305"/>
        <source>{0}: the account is closed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="61"/>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="62"/>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="64"/>
        <source>&amp;Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="65"/>
        <source>En&amp;gine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="66"/>
        <source>&amp;Karyotype</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="67"/>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="68"/>
        <location filename="../../karyoview/gui/keys.py" line="179"/>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="71"/>
        <source>&amp;Open a folder of images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="72"/>
        <source>&amp;Worklist…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="73"/>
        <source>Open the &amp;sample case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="74"/>
        <source>&amp;Close the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="76"/>
        <source>&amp;Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="77"/>
        <source>Case se&amp;ttings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="78"/>
        <source>Case su&amp;mmary…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="79"/>
        <source>&amp;Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="80"/>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="81"/>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="82"/>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="83"/>
        <source>&amp;Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="28"/>
        <source>&amp;Select</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="185"/>
        <source>&amp;Horizontal box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="231"/>
        <source>R&amp;otated box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="323"/>
        <source>Draw across a box or around a part of it; again cuts the selected box in the middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="84"/>
        <source>&amp;New box at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="85"/>
        <source>&amp;Propose a box at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="301"/>
        <source>&amp;Count by clicks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="321"/>
        <source>Spl&amp;it by a stroke</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="86"/>
        <source>&amp;Join boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="87"/>
        <source>&amp;Accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="88"/>
        <source>&amp;Uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="89"/>
        <source>&amp;Turn 180°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="90"/>
        <source>Rotate 5° &amp;left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="91"/>
        <source>Rotate 5° &amp;right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="92"/>
        <source>Rotate 0.5° left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="93"/>
        <source>Rotate 0.5° right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="94"/>
        <source>Next &amp;doubtful chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="95"/>
        <source>Previous doubtful chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="96"/>
        <source>Next chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="97"/>
        <source>Previous chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="98"/>
        <source>Select all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="99"/>
        <source>Move left 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="100"/>
        <source>Move right 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="101"/>
        <source>Move up 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="102"/>
        <source>Move down 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="103"/>
        <source>Move left 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="104"/>
        <source>Move right 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="105"/>
        <source>Move up 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="106"/>
        <source>Move down 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="107"/>
        <source>Narrower</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="108"/>
        <source>Wider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="109"/>
        <source>Longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="110"/>
        <source>Shorter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="111"/>
        <source>&amp;Next cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="112"/>
        <source>&amp;Previous cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="113"/>
        <source>Next &amp;unreviewed cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="114"/>
        <source>Previous unreviewed cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="115"/>
        <source>&amp;Reviewed, and next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="116"/>
        <source>Set &amp;aside…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="117"/>
        <source>Open a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="118"/>
        <source>Slide, culture, stage, scale…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="120"/>
        <source>Review these &amp;first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="121"/>
        <source>&amp;Blind second count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="123"/>
        <source>&amp;Look anyway, where no metaphase was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="124"/>
        <source>Run on &amp;all cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="125"/>
        <source>Run on the &amp;selected cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="126"/>
        <source>&amp;Cancel the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="127"/>
        <source>Threshold &amp;up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="128"/>
        <source>Threshold &amp;down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="129"/>
        <source>Remove untouched &amp;proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="130"/>
        <source>Take all suggestions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="131"/>
        <source>Dismiss suggestions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="132"/>
        <source>Compare &amp;two engines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="133"/>
        <source>T&amp;rain, compare, activate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="136"/>
        <source>To the &amp;tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="137"/>
        <source>To the &amp;markers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="138"/>
        <source>&amp;Swap the two selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="139"/>
        <source>M&amp;irror…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="140"/>
        <source>&amp;Outline…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="141"/>
        <source>Karyogram fills the &amp;window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="147"/>
        <source>More contrast of the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="148"/>
        <source>Less contrast of the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="150"/>
        <source>Write a te&amp;xt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="151"/>
        <source>Remove arrow or text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="153"/>
        <source>Next pair that di&amp;ffers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="154"/>
        <source>Save the karyogram as a pict&amp;ure…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="156"/>
        <source>Next chromosome of the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="157"/>
        <source>Previous chromosome of the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="159"/>
        <source>Cell is a&amp;nalysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="160"/>
        <source>Cell is kar&amp;yotyped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="161"/>
        <source>One &amp;class over all cells…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="162"/>
        <source>T&amp;ally and karyotype…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="163"/>
        <source>&amp;Report and signatures…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="164"/>
        <source>&amp;People who sign…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="165"/>
        <source>&amp;Lock, change of user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="166"/>
        <source>&amp;Hide boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="167"/>
        <source>Hide all &amp;but the selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="168"/>
        <source>&amp;Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="169"/>
        <source>&amp;Scores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="172"/>
        <source>L&amp;oupe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="187"/>
        <source>Or double-click on empty ground. P again there shows the next likely one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="135"/>
        <source>&amp;Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="63"/>
        <source>Ch&amp;romosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="75"/>
        <source>Try sa&amp;ving again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="119"/>
        <source>Galler&amp;y, best metaphases first…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="122"/>
        <source>Run on t&amp;his cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="134"/>
        <source>Teach KaryoView this la&amp;boratory…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="142"/>
        <source>Strai&amp;ghten the selected, or not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="144"/>
        <source>Select&amp;ed as in the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="145"/>
        <source>Close-up &amp;beside the ideogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="146"/>
        <source>In&amp;verted greys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="149"/>
        <source>&amp;Draw an arrow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="155"/>
        <source>Print t&amp;he karyogram…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="170"/>
        <source>Ra&amp;w image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="171"/>
        <source>Brightness and &amp;contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="173"/>
        <source>&amp;Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="174"/>
        <source>&amp;100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="175"/>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="176"/>
        <source>Zoom o&amp;ut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="177"/>
        <source>Next pane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="178"/>
        <source>R&amp;eset panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="180"/>
        <source>&amp;Keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="181"/>
        <source>&amp;Eight keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="182"/>
        <source>Show &amp;log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="183"/>
        <source>&amp;About KaryoView</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="186"/>
        <source>Every edit is saved at once; this tries again after a failure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="29"/>
        <source>Back to selecting; drops what was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="187"/>
        <source>Drag from corner to corner.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="233"/>
        <source>Drag the axis from the short arm&apos;s end, then the width, and click.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="303"/>
        <source>Each click is one chromosome; a click on a mark takes it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="188"/>
        <source>Chromosomes that nothing is said of yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="189"/>
        <source>Ctrl+click adds the second chromosome to the selection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="190"/>
        <source>Asks first: a mirrored chromosome is not what the microscope showed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="191"/>
        <source>Paint or cut the outline of the selected chromosome.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="192"/>
        <source>The karyogram alone in the window; the same key brings the panels back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="193"/>
        <source>Bent as it was, or straightened; with nothing selected, all chromosomes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="194"/>
        <source>The chromosome as it was cut from the picture, its greys untouched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="195"/>
        <source>The selected chromosomes large, beside the ideogram of their class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="196"/>
        <source>Light on dark, in the report too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="197"/>
        <source>Drag from where the arrow begins to what it points at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="198"/>
        <source>Click beside a chromosome and type.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="199"/>
        <source>Homologues that differ more than pairs of their class do: a doubt, not a finding.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="200"/>
        <source>SVG, PNG, TIFF or PDF at 600 dpi, with the pixels of the board.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="201"/>
        <source>The bands of this cell were analysed; the tally counts it. Again takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="202"/>
        <source>The karyogram of this cell is finished; the tally counts it. Again takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="205"/>
        <source>All copies of one class side by side, and the composite karyogram.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="206"/>
        <source>Counts, clones, what the protocol still asks for, and the karyotype.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="207"/>
        <source>Preview, sign and save the report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="208"/>
        <source>Enter a person, change a passphrase, close an account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="209"/>
        <source>All cases: state, priority, whose they are, and what waits for approval.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="210"/>
        <source>All panels at the places and with the sizes of the first start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="211"/>
        <source>Cover the window until somebody proves who they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="212"/>
        <source>List the cells in the order in which reviewing them brings most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="213"/>
        <source>The selected proposals are right; with nothing selected, all without doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="217"/>
        <source>everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="217"/>
        <source>in the metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="218"/>
        <source>in the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="218"/>
        <source>in lists</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Acts</name>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="64"/>
        <source>Box added. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="65"/>
        <source>Deleted. {0} left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="66"/>
        <source>Moved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="67"/>
        <source>Size changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="68"/>
        <source>Turned a little.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="69"/>
        <source>Turned by 180°.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="70"/>
        <source>Class {1} given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="71"/>
        <source>Accepted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="72"/>
        <source>Mark of uncertainty changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="73"/>
        <source>Split. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="74"/>
        <source>Joined. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="75"/>
        <source>{0} counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="76"/>
        <source>Suggestion taken over. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="77"/>
        <source>{0} chromosomes are proposed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="78"/>
        <source>{0} chromosomes at this threshold.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="79"/>
        <source>Proposals removed. {0} left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="80"/>
        <source>Answered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="81"/>
        <source>Outline changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="82"/>
        <source>Cut in two. {0} now; give the new part its class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="83"/>
        <source>Moved to {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="84"/>
        <source>Swapped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="85"/>
        <source>Mirror image changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="86"/>
        <source>Look of the karyogram changed, in the report too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="87"/>
        <source>Arrows and texts of the karyogram changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="88"/>
        <source>Structural changes noted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="89"/>
        <source>Second count changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="90"/>
        <source>The cell is reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="91"/>
        <source>The cell is set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="92"/>
        <source>The cell is open again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="103"/>
        <source>no class</source>
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
        <location filename="../../karyoview/gui/messages.py" line="143"/>
        <source>Both counts agree: first {0}, yours {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="144"/>
        <source>The counts differ: first {0}, yours {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="148"/>
        <source>; {0} boxes of the first count have no mark of yours</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BoardBar</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="34"/>
        <source>Ideograms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="35"/>
        <source>Ideogram of 550 bands beside each pair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="36"/>
        <source>Straight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="37"/>
        <source>Straighten bent chromosomes; S does it for the selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="38"/>
        <source>Inverted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="42"/>
        <source>Arrow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="43"/>
        <source>Text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="44"/>
        <source>Close-up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="46"/>
        <source>Whole window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="50"/>
        <source>One class…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="50"/>
        <source>Tally…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="50"/>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="51"/>
        <source>Picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="51"/>
        <source>Print…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="57"/>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="71"/>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="76"/>
        <source>Contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_bar.py" line="77"/>
        <source>The same for all chromosomes of the cell; 0 leaves the greys as they are.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BoardNotes</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_notes.py" line="36"/>
        <source>Drag from where the arrow begins to what it points at; Esc leaves it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_notes.py" line="40"/>
        <source>Click beside a chromosome, type, and press Enter; Esc leaves it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_notes.py" line="79"/>
        <source>Double-click the arrow to give it a text; Delete removes it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BoardPages</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_pages.py" line="45"/>
        <source>There is no karyogram to save or print yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_pages.py" line="71"/>
        <source>Save the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_pages.py" line="79"/>
        <source>{0} is written at {1} dpi.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_pages.py" line="117"/>
        <source>The printer cannot be used; choose another, or save as PDF.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_pages.py" line="121"/>
        <source>The karyogram was sent to the printer.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BoardView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_view.py" line="106"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board_view.py" line="349"/>
        <source>No chromosome yet: run an engine (I) or draw boxes (R, O).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseController</name>
    <message>
        <location filename="../../karyoview/gui/case_controller.py" line="104"/>
        <source>The case is approved; amend it (Karyotype, Report and signatures) to change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/case_controller.py" line="145"/>
        <source>The program ended while this case was open; its last {0} edits can be undone (Ctrl+Z).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="31"/>
        <source>Case settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="40"/>
        <source>Withhold sex in window, export and report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="42"/>
        <source>Blind second count of reviewed cells by a colleague</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="44"/>
        <source>Corrections of this case may train engines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="49"/>
        <source>Case id (no names of patients)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="50"/>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseWatch</name>
    <message>
        <location filename="../../karyoview/gui/case_watch.py" line="59"/>
        <source>The case is free: what you do is saved from now on.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CasesBox</name>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="43"/>
        <location filename="../../karyoview/gui/training/cases_box.py" line="58"/>
        <source>Cases to learn from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="48"/>
        <source>Share of the cases held back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="49"/>
        <source>Whole cases, about so many; “Look through” says which share it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="50"/>
        <source>Add a case…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="50"/>
        <source>Hold back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="51"/>
        <source>The chosen case teaches nothing: old and new engine are compared on it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="110"/>
        <source>A case to learn from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="124"/>
        <source>Choose a case in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/cases_box.py" line="128"/>
        <source>{0}  (held back)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CellDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="86"/>
        <source>as the file says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="87"/>
        <source>Bands analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="91"/>
        <source>Slide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="92"/>
        <source>Culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="93"/>
        <source>Stage x, y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="94"/>
        <source>Scale, µm per pixel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="103"/>
        <source>Stage: two numbers, such as 12.5, 40.2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="104"/>
        <source>Scale: one number, such as 0.065.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CellPresenter</name>
    <message>
        <location filename="../../karyoview/gui/cell_presenter.py" line="122"/>
        <source>no metaphase found; Shift+I looks anyway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/cell_presenter.py" line="124"/>
        <source>new look: training helps</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CellsPanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="63"/>
        <source>cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="115"/>
        <source>{0} red and {1} amber doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="212"/>
        <source>Cells of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="221"/>
        <source>Order of the cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="223"/>
        <source>In the order of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="224"/>
        <source>Most doubtful first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="225"/>
        <source>Review these first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="228"/>
        <source>Cells that are expected to need most corrections and look unlike those reviewed come first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="278"/>
        <source>{0} of {1} reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="279"/>
        <source>, {0} set aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="282"/>
        <source>, {0} cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="283"/>
        <source>, {0} of them with open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/cell_list.py" line="73"/>
        <source>blind second count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/cell_list.py" line="88"/>
        <source>no metaphase found</source>
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
    <name>Classes</name>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="161"/>
        <source>sex</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CloseUp</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/close_up.py" line="52"/>
        <source>Bands of the ideogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/close_up.py" line="55"/>
        <source>{0} bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/close_up.py" line="75"/>
        <source>Close-up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/close_up.py" line="76"/>
        <source>Select a chromosome; Ctrl+click adds its homologue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/close_up.py" line="80"/>
        <source>{0} more are selected.</source>
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
        <location filename="../../karyoview/gui/panels/compare.py" line="107"/>
        <source>Choose two different engines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="110"/>
        <source>Ask {0} about this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="112"/>
        <source>{0} was not asked about this cell yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="146"/>
        <source>{0} agree, {1} differ in class, {2} only {3}, {4} only {5}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="153"/>
        <source>{0} names no classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="165"/>
        <source>only {0}: {1}, score {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="165"/>
        <source>only {0}: no class, score {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="198"/>
        <source>{0} looks at this cell… Ctrl+. cancels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="156"/>
        <source>{0} says {1}, {2} says {3}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="81"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="81"/>
        <location filename="../../karyoview/gui/training/comparison.py" line="82"/>
        <location filename="../../karyoview/gui/training/comparison.py" line="89"/>
        <source>Before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="81"/>
        <location filename="../../karyoview/gui/training/comparison.py" line="82"/>
        <location filename="../../karyoview/gui/training/comparison.py" line="89"/>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="81"/>
        <source>Count off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="82"/>
        <source>Truth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="82"/>
        <source>Called</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="83"/>
        <source>Corrections of each cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="84"/>
        <source>Confused classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="86"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="87"/>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="107"/>
        <source>A click shows it large, another one beside the other again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="151"/>
        <source> Compared {0} UTC.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="155"/>
        <source>Before: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/comparison.py" line="156"/>
        <source>Now: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Confirm</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/confirm.py" line="23"/>
        <source>Cancel</source>
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
    <name>CredentialsDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/credentials_dialog.py" line="32"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/credentials_dialog.py" line="32"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/credentials_dialog.py" line="67"/>
        <source>Esc once more drops the reason that you typed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Curves</name>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="22"/>
        <source>Mistakes on the cells it learns from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="23"/>
        <source>Corrections a cell, held-back cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="24"/>
        <source>The curve begins with the first steps of a training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="25"/>
        <source>Corrections a cell are measured where cells are held back for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="62"/>
        <source>what it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="62"/>
        <source>place of the box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="64"/>
        <source>all together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="58"/>
        <source>held-back cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="64"/>
        <source>whole chromosome, or a part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="65"/>
        <source>chromosome or ground</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="65"/>
        <source>first guess of the box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="66"/>
        <source>class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="67"/>
        <source>class, apart from the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="68"/>
        <source>class, within its group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="68"/>
        <source>shape of the chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="69"/>
        <source>boxes of one chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="69"/>
        <location filename="../../karyoview/gui/training/curves.py" line="70"/>
        <source>boxes of neighbours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="70"/>
        <source>which end is the short arm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/curves.py" line="105"/>
        <source>steps of training</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DifferencesDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/differences.py" line="20"/>
        <source>{0}: differences from its paper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/differences.py" line="24"/>
        <source>Differences from the paper</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Doubts</name>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="53"/>
        <source>unsure ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="54"/>
        <source>not quite sure ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="55"/>
        <source>{0}: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="56"/>
        <source>{0}, {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="57"/>
        <source>marked as uncertain by a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="58"/>
        <source>the network alone says {0}, the cell as a whole {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="59"/>
        <source>perhaps the same chromosome as {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="60"/>
        <source>lies over {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="61"/>
        <source>has no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="62"/>
        <source>one of {0} copies of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="63"/>
        <source>{0} chromosomes have no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="64"/>
        <source>{0} classes have fewer than two copies</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="65"/>
        <source>too large for one chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="66"/>
        <source>too small for a chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="67"/>
        <source>the picture shows no chromosome in this box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="68"/>
        <source>this box lies on a nucleus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="69"/>
        <source>{0} chromosomes, and not {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="70"/>
        <source>{0} chromosomes; the other cells have {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="71"/>
        <source>{0} counted {1}, and {2} are boxed or marked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="72"/>
        <source>{0} counted {1} too, but {2} boxes have no mark of theirs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="73"/>
        <source>its picture is no longer in the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="74"/>
        <source>its picture is not the file that was worked on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="75"/>
        <source>no {0} in this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="76"/>
        <source>only one {0} in this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="77"/>
        <source>{0} sex chromosomes, an unusual set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="78"/>
        <source>sex chromosomes: {0} X and {1} Y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="79"/>
        <source>long for a {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="80"/>
        <source>short for a {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="81"/>
        <source>not seen by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="82"/>
        <source>{0} says {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="83"/>
        <source>{0} sees a chromosome here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="84"/>
        <source>sex chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="85"/>
        <source>another engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="86"/>
        <source>{0} or {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="89"/>
        <source>overlap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="90"/>
        <source>direction uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="91"/>
        <source>uncertain chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="92"/>
        <source>class changed by the cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="93"/>
        <source>class not read in the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/review/doubt.py" line="94"/>
        <source>place in the cell uncertain</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnginePanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="40"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="67"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="47"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="73"/>
        <source>Threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="55"/>
        <source>This cell (I)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="56"/>
        <source>All cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="58"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="63"/>
        <source>Cells that failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="42"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="68"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="44"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="69"/>
        <source>Effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="114"/>
        <source>No engine has weights here. Count by clicks (C), or put weights into the weights folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="118"/>
        <source>24 classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="118"/>
        <source>counts only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="119"/>
        <source>rotated boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="119"/>
        <source>horizontal boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="123"/>
        <source>measured: {0} corrections a cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="127"/>
        <source>Experimental: to be trained further, not to work with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="130"/>
        <source>Differs from its paper in {0} points…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="153"/>
        <source>at work since {0} UTC, by {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="174"/>
        <source>Loading the engine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="176"/>
        <source>{0} of {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="178"/>
        <source>, about {0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="186"/>
        <source>Cancelled. Cells that were done keep their proposals.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="188"/>
        <source>The run failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="190"/>
        <source>{0} of {1} cells in {2}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EngineRunner</name>
    <message>
        <location filename="../../karyoview/gui/engine_runner.py" line="101"/>
        <source>No engine with weights was found. Help, Engines says where to put weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/engine_runner.py" line="104"/>
        <source>An engine is running; cancel it first (Ctrl+.) or wait for it to end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/engine_runner.py" line="110"/>
        <source>There is no cell left to ask about.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/engine_runner.py" line="193"/>
        <source>{0}: a person worked here meanwhile; {1} new finds are shown as suggestions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/engine_runner.py" line="195"/>
        <source>{0}: a person worked here meanwhile; the engine found nothing that is not boxed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EntryDialog</name>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="22"/>
        <source>Entry of the worklist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="25"/>
        <source>Patient code (no names)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="27"/>
        <source>Priority</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="29"/>
        <source>urgent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="29"/>
        <source>normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="29"/>
        <source>low</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="35"/>
        <source>Assigned to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/entry_dialog.py" line="41"/>
        <source>Kept in the case itself, and written in its record.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="40"/>
        <location filename="../../karyoview/gui/dialogs/export.py" line="76"/>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="48"/>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="49"/>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="52"/>
        <source>Reviewed cells only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="57"/>
        <source>Annotations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="58"/>
        <source>Pictures with boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="59"/>
        <source>Table of counts and corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="70"/>
        <source>Into</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="103"/>
        <source>{0} cannot hold: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/export.py" line="109"/>
        <source>Export into</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="57"/>
        <source>Gallery of metaphases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="61"/>
        <source>Order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="62"/>
        <source>Best metaphases first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="63"/>
        <source>In the order of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="66"/>
        <source>Metaphases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="77"/>
        <source>%v of %m judged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="79"/>
        <source>By lone chromosomes, room between them, sharpness and heaps; what it is worth is your decision.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="83"/>
        <source>Go to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="83"/>
        <source>Set aside…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="85"/>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="173"/>
        <source>no chromosomes seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="175"/>
        <source>{0:.0f} %, {1} lone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="177"/>
        <source>, heaps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/gallery.py" line="179"/>
        <source>, not sharp</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Handlers</name>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="37"/>
        <source>Open a folder of metaphase images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="47"/>
        <source>Opening {0}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="83"/>
        <source>The sample case is being prepared…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="96"/>
        <source>A copy of the sample case; its boxes are {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="163"/>
        <source>Nothing was joined: the last edits here are not on the disk yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="220"/>
        <source>Exporting {0}/{1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="222"/>
        <source>{0} files written to {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/file.py" line="224"/>
        <source>{0} files written to {1}. Left out: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="46"/>
        <source>Undone: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="46"/>
        <source>There is nothing to undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="53"/>
        <source>Done again: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="53"/>
        <source>There is nothing to redo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="65"/>
        <source>Delete {0} of the {1} chromosomes of this cell?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="67"/>
        <source>&amp;Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="76"/>
        <source>Deleted. {0} left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="82"/>
        <source>Join {0} boxes into one chromosome?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="84"/>
        <source>&amp;Join</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="93"/>
        <source>Joined. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="139"/>
        <source>The contour leaves no two parts; draw it around one part of a box.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="141"/>
        <source>Split. {0} now; give the first part its class, then the other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="172"/>
        <source>A box from the picture. {0} now; give it its class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="174"/>
        <source>{1} sees a chromosome here. {0} now; give it its class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="176"/>
        <source>{1} sees a {2} here. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="180"/>
        <source>Proposal {0} of {1} for this place: P again shows another.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="190"/>
        <location filename="../../karyoview/gui/handlers/edit.py" line="193"/>
        <source>Taken over. {0} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="216"/>
        <source>I asks the engine, and P then proposes what it sees.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="57"/>
        <source>Nothing to accept without a look: press Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="61"/>
        <source>{0} proposals without doubt accepted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="157"/>
        <source>About the cell: {0}. G: it is so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="165"/>
        <source>{0} taken over; their doubts stay open, as nobody looked at each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="211"/>
        <source>Nothing is boxed or counted in this cell yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="213"/>
        <source>No open doubts; the cell is reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="169"/>
        <source>Count every chromosome by a click; Enter compares with the first count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/edit.py" line="163"/>
        <source>No chromosome stands out here; draw a box with R or O.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/classes.py" line="60"/>
        <source>Class {0} given to what was selected when it was typed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/classes.py" line="63"/>
        <source>The chromosome for which a class was typed is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/classes.py" line="82"/>
        <source>Take the class from {0} chromosomes?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/classes.py" line="84"/>
        <source>Give class {0} to {1} chromosomes?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/classes.py" line="85"/>
        <source>&amp;Give it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/classes.py" line="91"/>
        <source>Select a chromosome first: click it, press Tab, or Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/chromosome.py" line="214"/>
        <source>No open doubts. Enter marks the cell as reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="181"/>
        <source>This is the last cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="181"/>
        <source>This is the first cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="90"/>
        <source>{0} is still being read; look at it, then mark it as reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="91"/>
        <source>{0} cannot be shown, so it cannot be reviewed; restore the file or set it aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="194"/>
        <source>… and {0} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="200"/>
        <source>One doubt is open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="201"/>
        <source>One red doubt is open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="203"/>
        <source>{0} red doubts are open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="205"/>
        <source>{0} doubts are open in this cell, {1} of them red.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="207"/>
        <source>They stay marked on the cell until somebody answers them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="209"/>
        <source>Look at them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="210"/>
        <source>&amp;Reviewed all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="245"/>
        <source>{0} is reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="246"/>
        <source>{0} is set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="253"/>
        <source>Doubts are open in {0} reviewed cells.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/cell.py" line="251"/>
        <source>Every cell is reviewed or set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="41"/>
        <source>The karyogram shows the first count; it is hidden in a blind second count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="227"/>
        <source>{0} counts as analysed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="228"/>
        <source>{0} no longer counts as analysed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="229"/>
        <source>{0} counts as karyotyped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="230"/>
        <source>{0} no longer counts as karyotyped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="237"/>
        <source>This is done on the karyogram; K shows it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/engine.py" line="75"/>
        <source>There are no suggestions for this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/engine.py" line="78"/>
        <source>{0} suggestions taken over, {1} chromosomes now; look at their doubts (Space).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/engine.py" line="84"/>
        <source>The suggestions are dismissed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="35"/>
        <source>Number of chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="84"/>
        <source>blind second count: the first count and all proposals are hidden</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="100"/>
        <source>{0} without a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="132"/>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="133"/>
        <source>proposed, not looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="134"/>
        <source>in review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="135"/>
        <source>reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="136"/>
        <source>set aside: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="126"/>
        <source>proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="128"/>
        <source>{0} {1} to look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="111"/>
        <source>class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="132"/>
        <source>✔ saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="132"/>
        <source>saving…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="133"/>
        <source>✕ not saved: Ctrl+S tries again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/header.py" line="133"/>
        <source>read-only</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HelpWindow</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="34"/>
        <source>KaryoView help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="38"/>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="44"/>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="46"/>
        <source>Forward</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="47"/>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="105"/>
        <source>The help pages are missing in this installation. Ctrl+/ lists all keys.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IdleLock</name>
    <message>
        <location filename="../../karyoview/gui/window.py" line="445"/>
        <source>{0} goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers/karyotype.py" line="208"/>
        <source>Nobody is entered yet: Karyotype, People who sign.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImagePresenter</name>
    <message>
        <location filename="../../karyoview/gui/image_presenter.py" line="39"/>
        <source>Loading {0}…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="84"/>
        <location filename="../../karyoview/gui/panels/inspector.py" line="148"/>
        <source>Nothing selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="90"/>
        <location filename="../../karyoview/gui/panels/inspector.py" line="145"/>
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
        <location filename="../../karyoview/gui/panels/inspector.py" line="181"/>
        <source>No open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="149"/>
        <source>{0} selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="151"/>
        <source>Click a chromosome, or press Space for the next doubtful one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="155"/>
        <source>no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="156"/>
        <source>Class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="159"/>
        <source>⇋ shown as a mirror image in the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="164"/>
        <source>The cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="166"/>
        <source>It is so (G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="179"/>
        <source>1 open doubt (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="179"/>
        <source>{0} open doubts (Space: next)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="188"/>
        <source>checked by a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="190"/>
        <source>taken over with others, not looked at alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="191"/>
        <source>by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="193"/>
        <source>marked as uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="195"/>
        <source>proposed by {0}, score {1:.2f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="197"/>
        <source>the network&apos;s own class: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="202"/>
        <source>{0:.0f} × {1:.0f} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="204"/>
        <source>, turned {0:.1f}°</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JoinDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="53"/>
        <source>Two copies of this case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="57"/>
        <source>{0} edits were made on this computer while the folder could not be written, and the folder has {1} others since. Say for each row which is to stand. The other is kept in the record, so nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="63"/>
        <location filename="../../karyoview/gui/dialogs/join.py" line="89"/>
        <source>In the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="63"/>
        <location filename="../../karyoview/gui/dialogs/join.py" line="89"/>
        <source>In the copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="68"/>
        <source>&amp;Join</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="69"/>
        <source>&amp;Ask again when it is opened next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="89"/>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="89"/>
        <source>What stands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="91"/>
        <source>What both copies have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="102"/>
        <source>as in the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="102"/>
        <source>as in the copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="105"/>
        <source>What stands of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="117"/>
        <source>The case itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="121"/>
        <source>not changed since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="122"/>
        <source>nobody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="123"/>
        <source>{0}, {1} UTC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/join.py" line="125"/>
        <source>{0} chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KaryogramBoard</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="70"/>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="86"/>
        <source>Analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="87"/>
        <source>Karyotyped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="206"/>
        <source>The chromosomes are being cut out…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="277"/>
        <source>no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="279"/>
        <source>sex chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="317"/>
        <source>Select two chromosomes to swap them (Ctrl+click adds the second).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="326"/>
        <source>A mirrored chromosome is no longer what the microscope showed. Mirror it all the same?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="332"/>
        <source>&amp;Mirror</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="340"/>
        <source>Select one chromosome to change its outline.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="356"/>
        <source>Move {0} chromosomes to {1}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="357"/>
        <source>&amp;Move</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="374"/>
        <source>Turn 180°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="377"/>
        <source>Rotate 5° left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="377"/>
        <source>Rotate 5° right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="381"/>
        <source>Move to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="355"/>
        <location filename="../../karyoview/gui/karyogram/board.py" line="383"/>
        <source>tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="355"/>
        <location filename="../../karyoview/gui/karyogram/board.py" line="383"/>
        <source>markers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/items.py" line="81"/>
        <source>mirror image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/items.py" line="170"/>
        <source>not assigned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KaryogramDock</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/dock.py" line="126"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KaryotypeMeaning</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/meaning.py" line="26"/>
        <source>Gains and losses on ideograms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/meaning.py" line="53"/>
        <source>Type a valid karyotype to see what it gains and loses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/meaning.py" line="70"/>
        <source>Line {0}: {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="274"/>
        <source>{0} gives a class; no action can own it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="280"/>
        <source>{0} already means: {1}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LockBanner</name>
    <message>
        <location filename="../../karyoview/gui/panels/lock_banner.py" line="23"/>
        <source>As soon as it is closed there, it can be changed here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/lock_banner.py" line="24"/>
        <source>Read-only: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LockDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/idle_lock.py" line="54"/>
        <source>KaryoView is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/idle_lock.py" line="60"/>
        <location filename="../../karyoview/gui/accounts/idle_lock.py" line="68"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/idle_lock.py" line="61"/>
        <location filename="../../karyoview/gui/accounts/idle_lock.py" line="69"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/idle_lock.py" line="64"/>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/idle_lock.py" line="73"/>
        <source>KaryoView is locked. Your work is saved.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <location filename="../../karyoview/gui/window.py" line="43"/>
        <source>KaryoView is starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="281"/>
        <source>{0} cells. I asks the engine about this cell, Ctrl+B about all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="285"/>
        <source>{0} holds no images that KaryoView can read (PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, DICOM).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="425"/>
        <source>What was half drawn or dragged is dropped.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <location filename="../../karyoview/gui/menus.py" line="36"/>
        <source>&amp;Recent cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/menus.py" line="46"/>
        <source>&amp;Panels</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MetaphaseView</name>
    <message>
        <location filename="../../karyoview/gui/canvas/view.py" line="60"/>
        <source>Metaphase</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoteTools</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/note_tools.py" line="116"/>
        <source>Text, then Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/note_tools.py" line="117"/>
        <source>Text on the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Ordering</name>
    <message>
        <location filename="../../karyoview/gui/cell_list.py" line="123"/>
        <source>No engine with weights was found, so nothing can be expected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/cell_list.py" line="134"/>
        <source>Looking which cells are best reviewed first…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/cell_list.py" line="141"/>
        <source>No open cell has proposals yet: Ctrl+B asks the engine about all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/cell_list.py" line="145"/>
        <source>{0}: {1}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OutlineDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="57"/>
        <source>Outline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="72"/>
        <source>Paint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="72"/>
        <source>Erase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="72"/>
        <source>Cut in two</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="80"/>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="81"/>
        <source>Brush</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="85"/>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="86"/>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="137"/>
        <source>OK makes the marked part a chromosome of its own, without a class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="184"/>
        <source>This chromosome is gone: it was deleted or proposed anew meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairWalk</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/pair_walk.py" line="80"/>
        <source>No pair of this cell differs more than pairs of its class do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/pair_walk.py" line="89"/>
        <source>Doubt {0} of {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PairsStep</name>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="69"/>
        <source>Drop the folder with metaphases and karyograms here, or choose it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="71"/>
        <source>Choose a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="72"/>
        <source>These cells may train an engine on this machine; nothing leaves it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="74"/>
        <source>Engine to teach</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="75"/>
        <source>read from the labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="76"/>
        <source>Where the karyograms have no labels: “standard”, or 1 2 3 4 5 / 6 7 …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="77"/>
        <source>Order of the rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="80"/>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="84"/>
        <source>Processes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="82"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="83"/>
        <source>Rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="88"/>
        <source>Metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="88"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="88"/>
        <source>Matched by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="88"/>
        <source>Patient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="93"/>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="115"/>
        <source>Pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="96"/>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="97"/>
        <source>Pictures without a partner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="99"/>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="120"/>
        <source>What must hold before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="105"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="105"/>
        <source>Place the karyograms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="169"/>
        <source>Folder of metaphases and their karyograms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="183"/>
        <source>Matching the pictures…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="213"/>
        <source>Choose the folder first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="219"/>
        <source>The order of the rows cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="225"/>
        <source>Karyograms can be placed; training needs: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="235"/>
        <source>The karyograms are placed…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="242"/>
        <source>{0} pairs are placed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="250"/>
        <source>Looking at {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="261"/>
        <source> About {0} min left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/pairs_step.py" line="267"/>
        <source>Cancelled; what was placed is kept, and the next start goes on.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="255"/>
        <source>Change the passphrase of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="259"/>
        <source>Present passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="259"/>
        <source>New passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="260"/>
        <source>Once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="265"/>
        <source>or an approver agrees below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="272"/>
        <source>{0} has a new passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PersonDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="216"/>
        <source>Enter a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="220"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="220"/>
        <source>Name as printed on reports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="221"/>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="221"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="221"/>
        <source>Once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="225"/>
        <source>At least {0} characters; several words are good.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="236"/>
        <source>{0} is entered.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Preconditions</name>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="38"/>
        <source>{0}: no cell is reviewed yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="40"/>
        <source>{0}: its {1} reviewed cells may not train engines yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="41"/>
        <source>Allow it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="42"/>
        <source>Written in the case&apos;s record; an approved case stays approved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="45"/>
        <source>Only {0} can teach: nothing is left to compare on, so nothing can be activated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="46"/>
        <location filename="../../karyoview/gui/training/preconditions.py" line="50"/>
        <source>Add a case…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="49"/>
        <source>Tick at least one case to learn from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/preconditions.py" line="52"/>
        <source>None of the ticked cases can teach yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/preferences.py" line="39"/>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/preferences.py" line="55"/>
        <source>Whoever unlocks the window (Ctrl+Shift+L) is named in the record.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="97"/>
        <source>Report of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="150"/>
        <location filename="../../karyoview/gui/dialogs/report.py" line="168"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="151"/>
        <location filename="../../karyoview/gui/dialogs/report.py" line="169"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="154"/>
        <location filename="../../karyoview/gui/dialogs/report.py" line="170"/>
        <source>Meaning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="155"/>
        <source>analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="155"/>
        <source>reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="155"/>
        <source>approved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="158"/>
        <source>Sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="160"/>
        <source>Amend…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="162"/>
        <source>What falls short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="166"/>
        <source>Signatures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="123"/>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="183"/>
        <source>Renew the preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="184"/>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="184"/>
        <source>Print…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="209"/>
        <source>The report is being made…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="213"/>
        <source>The last edit could not be saved; close this, and try again with Ctrl+S.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="242"/>
        <source>Stops a signature:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="242"/>
        <source>Falls short:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="264"/>
        <source>Page {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="287"/>
        <source>Template</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="287"/>
        <source>Templates (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="307"/>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="325"/>
        <source>Saved: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="335"/>
        <source>Not signed: the last edit is not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="338"/>
        <source>Not signed yet: look at the preview first; it is still being made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="355"/>
        <source>Signed as {0} by {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="357"/>
        <source>The report is kept with the case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="374"/>
        <source>Sign in spite of this?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="377"/>
        <source>The case falls short of its protocol or of its own facts:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="378"/>
        <source>An approval closes the case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="379"/>
        <source>This will be printed in the report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="381"/>
        <source>Sign all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="387"/>
        <source>Not signed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="392"/>
        <source>Amended report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="392"/>
        <source>Why is the report amended?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="393"/>
        <source>The approved report and its signatures are kept; the case opens for changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="402"/>
        <source>The case is open for an amended report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="409"/>
        <source> (an earlier state)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report.py" line="411"/>
        <source>Not signed yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReportFields</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="56"/>
        <source>Header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="60"/>
        <source>The laboratory&apos;s phrases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="64"/>
        <source>Laboratory&apos;s template…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="81"/>
        <source>Patient code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="81"/>
        <source>Laboratory number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="82"/>
        <source>Specimen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="82"/>
        <source>Referral</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="83"/>
        <source>Culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="83"/>
        <source>Banding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="83"/>
        <source>Band level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="87"/>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="90"/>
        <source>Interpretation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/report_fields.py" line="92"/>
        <source>Insert a phrase…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RoleDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="279"/>
        <source>Role of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="281"/>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="283"/>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="287"/>
        <source>{0}: the role is changed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetAsideDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="19"/>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="31"/>
        <source>Set aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="25"/>
        <source>broken metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="25"/>
        <source>overlapping metaphases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="25"/>
        <source>too many crossings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="26"/>
        <source>poor banding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="26"/>
        <source>out of focus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="26"/>
        <source>no metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="29"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/set_aside.py" line="35"/>
        <source>A cell that is set aside is no count. Why?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <location filename="../../karyoview/services/settings.py" line="45"/>
        <source>Your name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="46"/>
        <source>Printed in the record beside each of your edits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="49"/>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="49"/>
        <source>Colours of the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="53"/>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="53"/>
        <source>In points; labels on the metaphase follow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="58"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="58"/>
        <source>Where engines compute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="61"/>
        <source>Engine effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="61"/>
        <source>Views each cell is judged in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="65"/>
        <source>Next doubt after a class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="66"/>
        <source>Typing a class on a doubtful chromosome goes to the next.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="69"/>
        <source>Wait for a second digit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="70"/>
        <source>Milliseconds before 1 or 2 is taken alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="73"/>
        <source>Ask about open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="74"/>
        <source>Before a cell with open doubts is marked as reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="77"/>
        <source>Lock when idle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="78"/>
        <source>Minutes without a key or click, 0: never; only where people are entered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="89"/>
        <source>as the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="89"/>
        <source>light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="89"/>
        <source>dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="90"/>
        <source>automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="90"/>
        <source>processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="90"/>
        <source>graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="91"/>
        <source>fast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="91"/>
        <source>balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/services/settings.py" line="91"/>
        <source>best</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="36"/>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="44"/>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="40"/>
        <source>Search actions and keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="43"/>
        <source>Actions and keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="44"/>
        <source>Action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="44"/>
        <source>Works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="52"/>
        <source>Set key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="54"/>
        <source>Default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="57"/>
        <source>Digits 1–22, X and Y give the class of the selected chromosome; 0 takes it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/shortcuts.py" line="145"/>
        <source>Changed: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="25"/>
        <source>add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="26"/>
        <source>delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="27"/>
        <source>move</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="28"/>
        <source>resize</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="29"/>
        <source>rotate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="30"/>
        <source>turn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="31"/>
        <source>class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="32"/>
        <source>accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="33"/>
        <source>uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="34"/>
        <source>split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="35"/>
        <source>join</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="36"/>
        <source>count mark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="37"/>
        <source>suggestion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="38"/>
        <source>doubt answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="39"/>
        <source>outline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="40"/>
        <source>outline cut in two</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="41"/>
        <source>move on the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="42"/>
        <source>swap on the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="43"/>
        <source>mirror</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="44"/>
        <source>look of the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="45"/>
        <source>arrow or text on the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="46"/>
        <source>structural changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="47"/>
        <source>proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="48"/>
        <source>remove proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="49"/>
        <source>second count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="50"/>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="51"/>
        <source>proposed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="52"/>
        <source>open again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="53"/>
        <source>reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/messages.py" line="54"/>
        <source>set aside</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StripsDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="59"/>
        <source>One class over all cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="70"/>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="83"/>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="73"/>
        <source>Align the bands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="75"/>
        <source>Off: lengths and centromeres alone are brought together, no band is moved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="76"/>
        <source>Composite karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="77"/>
        <source>Save the picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="144"/>
        <source>{0} cells are still being cut out. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="149"/>
        <source>Composed of {0} cells: each chromosome is real, the karyogram is no cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="160"/>
        <source>{0} copies in {1} cells, scaled to one length; the number is how well the bands fit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="164"/>
        <source>Bands were moved by up to {0} % of the length onto those of the others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="169"/>
        <source>Differences are marked from {0} copies on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="171"/>
        <source>≠ marks where {0} of them differ from the others: look there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="193"/>
        <source>Save the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="201"/>
        <source>Composite of {0} cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="204"/>
        <source>Chromosome {0}, {1} cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="210"/>
        <source>{0} is written.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SuggestionBanner</name>
    <message>
        <location filename="../../karyoview/gui/panels/banner.py" line="20"/>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/banner.py" line="33"/>
        <source>{0} suggestions from {1}: click one to take it, or take all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/banner.py" line="35"/>
        <source>Take all (Shift+G)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SummaryDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="43"/>
        <source>Case summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="49"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="52"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="52"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="52"/>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="52"/>
        <source>Corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="52"/>
        <source>Seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="53"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="84"/>
        <source>No cell is reviewed yet. By hand a cell takes {0} clicks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="87"/>
        <source>{0} reviewed cells: {1:.1f} corrections and {2:.0f} s a cell (by hand: {3} clicks).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="93"/>
        <source>without an engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="95"/>
        <source>{0}: {1} cells, {2:.1f} corrections a cell</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TallyDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="71"/>
        <source>Tally of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="75"/>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="128"/>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="85"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="93"/>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="94"/>
        <source>Karyotype (ISCN)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="98"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="99"/>
        <source>Reason, where it breaks a rule or differs from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="100"/>
        <source>Propose from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="106"/>
        <source>Set the karyotype</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="176"/>
        <source>structural changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="211"/>
        <source>Typed by a person, with blanks between: t(9;22)(q34;q11.2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="279"/>
        <source>The case is approved; amend it to change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="174"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="101"/>
        <source>Explain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="103"/>
        <source>Gains and losses on ideograms, beside the table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="174"/>
        <source>total</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="174"/>
        <source>analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="174"/>
        <source>karyotyped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="174"/>
        <source>culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="176"/>
        <source>mar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="176"/>
        <source>no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="176"/>
        <source>doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="221"/>
        <source>{0} of {1} counted, {2} of {3} analysed, {4} of {5} karyotyped, {6} set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="227"/>
        <source>Modal number {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="231"/>
        <source>Culture {0}: {1} counted, {2} analysed, {3} karyotyped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="234"/>
        <source>no clonal change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="236"/>
        <source>Line {0}: {1}; 1 cell ({3}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="236"/>
        <source>Line {0}: {1}; {2} cells ({3}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="241"/>
        <source>Odd cell {0}: {1}; in too few cells for a clone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="244"/>
        <source>Mosaicism of {0:.1f} % or more is excluded (95 %).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="253"/>
        <source> and {0} more cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="254"/>
        <source>Open doubts in counted cells: {0}{1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="257"/>
        <source>Left out until your second count of them is done: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="325"/>
        <source>The karyotype {0} is typed and not set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="326"/>
        <source>&amp;Close without it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="394"/>
        <source>The reviewed cells say {0}; give a reason to keep this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="397"/>
        <source>(What names the sex chromosomes is withheld.)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="428"/>
        <source>Give a reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tally.py" line="431"/>
        <source>The karyotype is set.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TeachingPage</name>
    <message>
        <location filename="../../karyoview/gui/archive/page.py" line="33"/>
        <source>Teach KaryoView this laboratory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/page.py" line="51"/>
        <source>1  Archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/page.py" line="51"/>
        <source>2  Truth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/page.py" line="51"/>
        <source>3  Train, compare, activate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/page.py" line="88"/>
        <source>Without the consent of the first step nothing is trained on them.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Tools</name>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="186"/>
        <source>Horizontal box: drag from corner to corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="232"/>
        <source>Rotated box: drag the axis from the short arm, then the width, and click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="302"/>
        <source>Count: click each chromosome, click a mark to take it away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/canvas/tools.py" line="322"/>
        <source>Split: draw a stroke across a box, or around a part of it (S again: in the middle)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TourDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="23"/>
        <source>Eight keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="28"/>
        <source>asks the engine about this cell; nothing of yours is overwritten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="29"/>
        <source>goes to what is most doubtful. Follow it until nothing is left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="30"/>
        <source>says that the selected chromosome is right. 1 to 22, X and Y say what it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="31"/>
        <source>draws a box: drag along the chromosome, then its width, and click.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="32"/>
        <source>removes the selected box.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="33"/>
        <source>takes back the last step, and every one before it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="34"/>
        <source>shows the karyogram; drag chromosomes to where they belong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="35"/>
        <source>marks the cell as reviewed and goes to the next one. All is saved already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="43"/>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="44"/>
        <source>Leave</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="44"/>
        <source>Step by step…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="71"/>
        <source>{0} of {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="75"/>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/tour.py" line="75"/>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="80"/>
        <location filename="../../karyoview/gui/training/page.py" line="489"/>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="112"/>
        <source> minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="114"/>
        <source>Minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="114"/>
        <source>Passes over the cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="119"/>
        <source>Look through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="122"/>
        <source>What the cases hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="123"/>
        <source>“Look through” shows what training would use, and what is wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="124"/>
        <source>Start training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="129"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="130"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="131"/>
        <source>Budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="134"/>
        <source>Held back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="155"/>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="155"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="156"/>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="156"/>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="160"/>
        <source>Activate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="160"/>
        <source>Roll back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="164"/>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="165"/>
        <source>Comparison</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="167"/>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="169"/>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="171"/>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="172"/>
        <source>Remove the chosen run from the disk; active weights stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="216"/>
        <source>No engine on this machine can be trained further.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="246"/>
        <source>Choose at least one case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="248"/>
        <source>Looking through {0} cases…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="317"/>
        <source>The engines are loading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="325"/>
        <source>{0} is active from now on; “Roll back” takes it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="331"/>
        <source>Activate {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="336"/>
        <source>{0} is again as it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="337"/>
        <source>Roll {0} back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="353"/>
        <source>The comparison was cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="419"/>
        <source>All reviews from now on begin with these weights: an approver answers for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="432"/>
        <source>{0} cells of {1} cases, {2} held back to compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="435"/>
        <source>{0} chromosomes, {1} corrected or drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="438"/>
        <source> (left out)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="444"/>
        <source>Comparing: {0} of {1} cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="454"/>
        <source>Delete the run {0} from the disk?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="455"/>
        <source>&amp;Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="470"/>
        <source>The comparison is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="480"/>
        <source>Active weights of {0}: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="483"/>
        <source>, since {0} UTC by {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="489"/>
        <source>The training starts…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="490"/>
        <source>Paused; nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="490"/>
        <source>Done. Compare before it is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="491"/>
        <source>Cancelled; it can go on from its last checkpoint.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="492"/>
        <source>Stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="496"/>
        <source>: step {0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="498"/>
        <source>, about {0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="503"/>
        <source>{0:.0f} minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/page.py" line="504"/>
        <source>{0:.0f} seconds</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingWatch</name>
    <message>
        <location filename="../../karyoview/gui/training/watch.py" line="39"/>
        <source>Training {0}: step {1} of {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/watch.py" line="41"/>
        <source>Training {0} is paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/watch.py" line="45"/>
        <source>Training {0} is done: compare it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/watch.py" line="46"/>
        <source>Training {0} has stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/training/watch.py" line="48"/>
        <source>Engine, Train, compare, activate</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TruthStep</name>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="66"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="66"/>
        <source>Placed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="66"/>
        <source>To look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="75"/>
        <source>Placed pairs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="81"/>
        <source>Confidence from which chromosomes are accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="82"/>
        <source>Accept all above</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="83"/>
        <source>Take into cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="111"/>
        <source>Metaphase with placed chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="112"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="123"/>
        <source>Class of the chosen chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="127"/>
        <source>Accept (G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="128"/>
        <source>Leave out (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="129"/>
        <source>Next doubt (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="130"/>
        <source>Undo (Ctrl+Z)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="131"/>
        <source>Open the cell…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="132"/>
        <source>Boxes are moved and drawn in the window, once the cell is in its case.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="186"/>
        <source>not placed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="188"/>
        <source>whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="202"/>
        <source>{0} of {1} cells have their whole truth; {2} were not placed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="219"/>
        <source>The pictures are read…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="261"/>
        <source>no place found; draw it in the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="263"/>
        <source>confidence {0} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="264"/>
        <source>, mirrored in the print</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="265"/>
        <source>, by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="266"/>
        <source>accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="266"/>
        <source>to look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/archive/truth_step.py" line="266"/>
        <source>left out</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TypedDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/typed.py" line="32"/>
        <source>What was entered here is not kept yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/typed.py" line="32"/>
        <source>&amp;Close without it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Unsaved</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/unsaved.py" line="32"/>
        <source>The last edits of {0} could not be written to the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/unsaved.py" line="33"/>
        <source>They are lost when the case is closed now. Make room or reconnect the disk first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/unsaved.py" line="35"/>
        <source>&amp;Keep the case open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/unsaved.py" line="36"/>
        <source>&amp;Try to save again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/unsaved.py" line="37"/>
        <source>&amp;Close and lose them</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>UsersDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="41"/>
        <source>People who sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="46"/>
        <source>People</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="48"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="48"/>
        <source>Name as printed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="48"/>
        <source>May</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="48"/>
        <source>Account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="56"/>
        <source>Enter a person…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="57"/>
        <source>Change passphrase…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="58"/>
        <source>Change role…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="59"/>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="127"/>
        <source>Close account…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="60"/>
        <source>Let another person go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="61"/>
        <source>Locks the window; whoever opens it again is named in the record.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="106"/>
        <source>analyse, review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="106"/>
        <source>analyse, review, approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="108"/>
        <source>closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="108"/>
        <source>open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="119"/>
        <source>Nobody is entered yet. Enter an analyst and an approver: a report needs two different people.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="127"/>
        <source>Reopen account…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="320"/>
        <source>analyst: analyses and reviews</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="321"/>
        <source>approver: approves as well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="329"/>
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
    <name>Welcome</name>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="38"/>
        <source>Open a folder of metaphase images. Your originals are only ever read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="41"/>
        <source>Open a folder…  (Ctrl+O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="44"/>
        <source>Sample case {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="46"/>
        <source>Opens a copy in your own folder; nothing you do there matters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="50"/>
        <location filename="../../karyoview/gui/panels/welcome.py" line="52"/>
        <source>Recent cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="55"/>
        <source>Worklist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="55"/>
        <source>All cases of the laboratory and what they wait for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="56"/>
        <source>Teach from an archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="56"/>
        <source>Old karyograms teach the engine this laboratory&apos;s look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="58"/>
        <source>Eight keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="58"/>
        <source>A tour that can be left at any time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="59"/>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="59"/>
        <source>The first quarter of an hour, step by step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/welcome.py" line="66"/>
        <source>Or drop a folder here. Looking writes nothing into it; your first edit makes the case.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WindowLayout</name>
    <message>
        <location filename="../../karyoview/gui/layout.py" line="212"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/layout.py" line="212"/>
        <source>Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/layout.py" line="213"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/layout.py" line="213"/>
        <source>Display</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/layout.py" line="214"/>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Worklist</name>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="37"/>
        <source>new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="37"/>
        <source>in work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="37"/>
        <source>to sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="38"/>
        <source>waits for approval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="38"/>
        <source>approved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="39"/>
        <source>amended, open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="39"/>
        <source>urgent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="40"/>
        <source>normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="40"/>
        <source>low</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="40"/>
        <source>an approver</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WorklistDialog</name>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="62"/>
        <source>Worklist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="66"/>
        <source>Code, case, person, karyotype…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="67"/>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="70"/>
        <source>Which cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="72"/>
        <source>All cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="72"/>
        <source>Assigned to me</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="73"/>
        <source>Waiting for approval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="73"/>
        <source>To sign or approve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="74"/>
        <source>Not approved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="74"/>
        <source>Open somewhere now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="78"/>
        <source>Cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="81"/>
        <source>Patient code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="81"/>
        <source>Case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="81"/>
        <source>Priority</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="81"/>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="81"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="82"/>
        <source>Waits for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="82"/>
        <source>Open now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="82"/>
        <source>Reviewed by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="97"/>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="97"/>
        <source>Code, priority, person…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="98"/>
        <source>Add a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="98"/>
        <source>Read again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="100"/>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="153"/>
        <source>{0} cases entered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="155"/>
        <source>No case lies below this folder: open a folder of images and begin it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="186"/>
        <source>{0} of {1} cases shown, {2} wait for approval.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="188"/>
        <source>No case is listed yet: add the folder in which your cases lie.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="203"/>
        <source>Reviewed: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/worklist/dialog.py" line="227"/>
        <source>A folder in which cases lie</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_OutlineView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/outline.py" line="208"/>
        <source>Outline</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Picture</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/close_up.py" line="97"/>
        <source>Close-up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/close_up.py" line="163"/>
        <source>as in the picture</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_StripView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="228"/>
        <source>Copies of one class</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_VouchedDialog</name>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="158"/>
        <source>Approver&apos;s login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="159"/>
        <source>Approver&apos;s passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="161"/>
        <source>An approver agrees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="161"/>
        <source>Somebody who is entered agrees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="164"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/accounts/users_dialog.py" line="165"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
