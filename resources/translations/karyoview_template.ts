<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>About</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="13"/>
        <source>Computer-assisted. For research and evaluation use; interpretation by qualified cytogenetic personnel is required.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/about.py" line="18"/>
        <source>MIT licence. Qt for Python {0} is used under the LGPL; all licences are listed in the help (F1).</source>
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
        <location filename="../../karyoview/gui/keys.py" line="43"/>
        <source>C&amp;hromosome</source>
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
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="47"/>
        <location filename="../../karyoview/gui/keys.py" line="126"/>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="50"/>
        <source>&amp;Open a folder of images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="51"/>
        <source>Open the &amp;sample case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="52"/>
        <source>&amp;Close the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="53"/>
        <source>Try &amp;saving again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="54"/>
        <source>&amp;Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="55"/>
        <source>Case se&amp;ttings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="56"/>
        <source>Case su&amp;mmary…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="57"/>
        <source>&amp;Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="58"/>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="59"/>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="60"/>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="61"/>
        <source>&amp;Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="62"/>
        <source>&amp;Select</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="63"/>
        <source>&amp;Horizontal box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="64"/>
        <source>R&amp;otated box</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="65"/>
        <source>&amp;New box at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="66"/>
        <source>&amp;Propose a box at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="67"/>
        <source>&amp;Count by clicks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="68"/>
        <source>Spl&amp;it by a stroke</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="69"/>
        <source>&amp;Join boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="70"/>
        <source>&amp;Accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="71"/>
        <source>&amp;Uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="72"/>
        <source>&amp;Turn 180°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="73"/>
        <source>Rotate 5° &amp;left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="74"/>
        <source>Rotate 5° &amp;right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="75"/>
        <source>Rotate 0.5° left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="76"/>
        <source>Rotate 0.5° right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="77"/>
        <source>Next &amp;doubtful chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="78"/>
        <source>Previous doubtful chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="79"/>
        <source>Next chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="80"/>
        <source>Previous chromosome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="81"/>
        <source>Select all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="82"/>
        <source>Move left 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="83"/>
        <source>Move right 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="84"/>
        <source>Move up 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="85"/>
        <source>Move down 1 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="86"/>
        <source>Move left 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="87"/>
        <source>Move right 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="88"/>
        <source>Move up 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="89"/>
        <source>Move down 10 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="90"/>
        <source>Narrower</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="91"/>
        <source>Wider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="92"/>
        <source>Longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="93"/>
        <source>Shorter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="94"/>
        <source>&amp;Next cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="95"/>
        <source>&amp;Previous cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="96"/>
        <source>Next &amp;unreviewed cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="97"/>
        <source>Previous unreviewed cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="98"/>
        <source>&amp;Reviewed, and next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="99"/>
        <source>Set &amp;aside…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="100"/>
        <source>Open a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="101"/>
        <source>Slide, culture, stage, scale…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="102"/>
        <source>&amp;Blind second count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="103"/>
        <source>Run on &amp;this cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="104"/>
        <source>Run on &amp;all cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="105"/>
        <source>Run on the &amp;selected cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="106"/>
        <source>&amp;Cancel the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="107"/>
        <source>Threshold &amp;up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="108"/>
        <source>Threshold &amp;down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="109"/>
        <source>Remove untouched &amp;proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="110"/>
        <source>Take all suggestions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="111"/>
        <source>Dismiss suggestions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="112"/>
        <source>Compare &amp;two engines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="113"/>
        <source>&amp;Hide boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="114"/>
        <source>Hide all &amp;but the selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="115"/>
        <source>&amp;Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="116"/>
        <source>&amp;Scores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="117"/>
        <source>&amp;Raw image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="118"/>
        <source>&amp;Brightness and contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="119"/>
        <source>L&amp;oupe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="120"/>
        <source>&amp;Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="121"/>
        <source>&amp;Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="122"/>
        <source>&amp;100 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="123"/>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="124"/>
        <source>Zoom o&amp;ut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="125"/>
        <source>Next pane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="127"/>
        <source>&amp;Keys…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="128"/>
        <source>Show &amp;log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="129"/>
        <source>&amp;About KaryoView</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="132"/>
        <source>Every edit is saved at once; this tries again after a failure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="133"/>
        <source>Back to selecting; drops what was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="134"/>
        <source>Drag from corner to corner.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="135"/>
        <source>Drag the axis from the short arm&apos;s end, then the width, and click.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="136"/>
        <source>Or double-click on empty ground.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="137"/>
        <source>Each click is one chromosome; a click on a mark takes it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="138"/>
        <source>Draw across a box; press again to cut the selected box in the middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="139"/>
        <source>The selected proposals are right; with nothing selected, all without doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="144"/>
        <source>everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="144"/>
        <source>in the metaphase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="145"/>
        <source>in the karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="145"/>
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
    <name>BoardView</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="323"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="469"/>
        <source>No chromosome yet: run an engine (I) or draw boxes (R, O).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CaseDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/case_settings.py" line="35"/>
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
        <location filename="../../karyoview/gui/panels/cells.py" line="177"/>
        <source>Cells of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="217"/>
        <source>{0} of {1} reviewed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/cells.py" line="218"/>
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
        <location filename="../../karyoview/gui/panels/compare.py" line="38"/>
        <source>First engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="39"/>
        <source>Second engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="43"/>
        <source>Differences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="44"/>
        <source>Ask the missing engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="46"/>
        <source>First</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="47"/>
        <source>Second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="80"/>
        <source>{0} was not asked about this cell yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="104"/>
        <location filename="../../karyoview/gui/panels/compare.py" line="107"/>
        <source>only {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/compare.py" line="111"/>
        <source>{0} says {1}, {2} says {3}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="318"/>
        <source>No engine with weights was found. Help, Engines says where to put weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="321"/>
        <source>An engine is running; cancel it first (Ctrl+.) or wait for it to end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="327"/>
        <source>There is no cell left to ask about.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/desk.py" line="380"/>
        <source>{0}: a person worked here meanwhile; new finds are shown as suggestions.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EnginePanel</name>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="35"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="59"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="42"/>
        <location filename="../../karyoview/gui/panels/engine.py" line="65"/>
        <source>Threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="47"/>
        <source>This cell (I)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="48"/>
        <source>All cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="50"/>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="55"/>
        <source>Cells that failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="60"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="61"/>
        <source>Effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="106"/>
        <source>No engine has weights here. Count by clicks (C), or put weights into the weights folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="110"/>
        <source>24 classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="110"/>
        <source>counts only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="111"/>
        <source>rotated boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="111"/>
        <source>horizontal boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="132"/>
        <source>Loading the engine…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="134"/>
        <source>{0} of {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="136"/>
        <source>, about {0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="144"/>
        <source>Cancelled. Cells that were done keep their proposals.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="146"/>
        <source>The run failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/engine.py" line="148"/>
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
        <location filename="../../karyoview/gui/handlers.py" line="73"/>
        <source>Open a folder of metaphase images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="124"/>
        <source>Undone: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="124"/>
        <source>There is nothing to undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="129"/>
        <source>Done again: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="129"/>
        <source>There is nothing to redo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="138"/>
        <source>Deleted. {0} left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="196"/>
        <source>Nothing to accept without a look: press Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="198"/>
        <source>{0} proposals without doubt accepted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="343"/>
        <source>Count every chromosome by a click; Enter compares with the first count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="475"/>
        <source>About KaryoView</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="519"/>
        <source>No chromosome stands out here; draw a box with R or O.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="543"/>
        <source>Select a chromosome first: click it, press Tab, or Space for the next doubt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="611"/>
        <source>No chromosome is in doubt; about the cell: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="612"/>
        <source>No open doubts. Enter marks the cell as reviewed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="645"/>
        <source>This is the last cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="645"/>
        <source>This is the first cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="651"/>
        <source>
… and {0} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="656"/>
        <source>One red doubt is open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="657"/>
        <source>{0} red doubts are open in this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="661"/>
        <source>Look at them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="662"/>
        <source>Reviewed all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/handlers.py" line="695"/>
        <source>Every cell is reviewed or set aside.</source>
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
        <location filename="../../karyoview/gui/dialogs/help.py" line="30"/>
        <source>KaryoView help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="34"/>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="41"/>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="43"/>
        <source>Forward</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="44"/>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/help.py" line="85"/>
        <source>The help pages are missing in this installation. Ctrl+/ lists all keys.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IdleLock</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/lock.py" line="139"/>
        <source>Nobody is entered yet; add people with: karyoview users add</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="83"/>
        <location filename="../../karyoview/gui/panels/inspector.py" line="136"/>
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
        <location filename="../../karyoview/gui/panels/inspector.py" line="159"/>
        <source>No open doubts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="137"/>
        <source>{0} selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="139"/>
        <source>Click a chromosome, or press Space for the next doubtful one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="143"/>
        <source>no class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="144"/>
        <source>Class {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="157"/>
        <source>1 open doubt (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="157"/>
        <source>{0} open doubts (Space: next)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="166"/>
        <source>checked by a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="167"/>
        <source>by {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="169"/>
        <source>marked as uncertain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="171"/>
        <source>proposed by {0}, score {1:.2f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="173"/>
        <source>the network&apos;s own class: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="178"/>
        <source>{0:.0f} × {1:.0f} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/panels/inspector.py" line="180"/>
        <source>, turned {0:.1f}°</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KaryogramBoard</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="83"/>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="86"/>
        <source>Ideograms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="86"/>
        <source>Ideogram beside each pair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="88"/>
        <source>Enhanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="88"/>
        <source>Stretch the greys of all at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="91"/>
        <source>Straight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="91"/>
        <source>Straighten bent chromosomes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="100"/>
        <source>One class…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="100"/>
        <source>All copies of one class over the cells of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="101"/>
        <source>Tally…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="101"/>
        <source>Counts, clones and the karyotype of the case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="102"/>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="102"/>
        <source>Preview, sign and save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="103"/>
        <source>Lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="103"/>
        <source>Cover the window until somebody proves who they are: change of user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="112"/>
        <source>To the tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="113"/>
        <source>To the markers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="114"/>
        <source>Swap the two selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="115"/>
        <source>Mirror…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="116"/>
        <source>Outline…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="228"/>
        <source>Select two chromosomes to swap them (Ctrl+click adds the second).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="238"/>
        <source>Mirror image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="239"/>
        <source>A mirrored chromosome is no longer what the microscope showed. Mirror it all the same?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="250"/>
        <source>Select one chromosome to change its outline.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="272"/>
        <source>Turn 180°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="275"/>
        <source>Rotate 5° left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="275"/>
        <source>Rotate 5° right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="279"/>
        <source>Move to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="281"/>
        <source>tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/board.py" line="281"/>
        <source>markers</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="180"/>
        <source>{0} gives a class; no action can own it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/keys.py" line="184"/>
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
        <location filename="../../karyoview/gui/window.py" line="119"/>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="146"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="147"/>
        <source>Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="148"/>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="149"/>
        <source>Display</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="150"/>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="177"/>
        <source>&amp;Recent cases</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="193"/>
        <source>&amp;Panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="258"/>
        <source>Opening {0}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="267"/>
        <location filename="../../karyoview/gui/window.py" line="423"/>
        <source>sex</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="290"/>
        <source>{0} cells. I asks the engine about this cell, Ctrl+B about all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="295"/>
        <source>{0} holds no images that KaryoView can read (PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, DICOM).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="394"/>
        <source>Loading {0}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="457"/>
        <source>{0} suggestions from {1}: click one to take it, or take all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="459"/>
        <source>Take all (Shift+G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="544"/>
        <source>Horizontal box: drag from corner to corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="545"/>
        <source>Rotated box: drag the axis from the short arm, then the width, and click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="546"/>
        <source>Split: draw a stroke across a box (S again: in the middle)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="547"/>
        <source>Count: click each chromosome, click a mark to take it away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="573"/>
        <source>Karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/window.py" line="660"/>
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
    <name>PreferencesDialog</name>
    <message>
        <location filename="../../karyoview/gui/dialogs/preferences.py" line="31"/>
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
        <location filename="../../karyoview/gui/karyogram/report.py" line="62"/>
        <source>Header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="64"/>
        <source>Laboratory&apos;s template…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="68"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="81"/>
        <source>Login name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="69"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="82"/>
        <source>Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="72"/>
        <location filename="../../karyoview/gui/karyogram/report.py" line="83"/>
        <source>Meaning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="74"/>
        <source>Sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="76"/>
        <source>Amend…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="79"/>
        <source>Signatures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="89"/>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="91"/>
        <source>Renew the preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="92"/>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="131"/>
        <source>The report is being made…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="158"/>
        <source>Page {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="174"/>
        <source>Template</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="174"/>
        <source>Templates (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="184"/>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="199"/>
        <source>Saved: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="213"/>
        <source>Signed as {0} by {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="218"/>
        <source>Amended report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="218"/>
        <source>Why is the report amended?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="228"/>
        <source> (an earlier state)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/report.py" line="230"/>
        <source>Not signed yet.</source>
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
        <location filename="../../karyoview/gui/karyogram/strips.py" line="53"/>
        <source>One class over all cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="62"/>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="71"/>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="64"/>
        <source>Composite karyogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="65"/>
        <source>Save the picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="113"/>
        <source>{0} cells are still being cut out. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="119"/>
        <source>Composed of {0} cells: each chromosome is real, the karyogram is no cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="128"/>
        <source>{0} copies in {1} cells, scaled to one length; the number is how well the bands fit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="152"/>
        <source>Save the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/strips.py" line="158"/>
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
        <location filename="../../karyoview/gui/dialogs/summary.py" line="70"/>
        <source>No cell is reviewed yet. By hand a cell takes {0} clicks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="73"/>
        <source>{0} reviewed cells: {1:.1f} corrections and {2:.0f} s a cell (by hand: {3} clicks).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="79"/>
        <source>without an engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/dialogs/summary.py" line="81"/>
        <source>{0}: {1} cells, {2:.1f} corrections a cell</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TallyDialog</name>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="45"/>
        <source>Tally of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="48"/>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="74"/>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="57"/>
        <source>Cells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="61"/>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="62"/>
        <source>Karyotype (ISCN)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="66"/>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="67"/>
        <source>Reason, where it breaks a rule or differs from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="68"/>
        <source>Propose from the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="69"/>
        <source>Set the karyotype</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="102"/>
        <source>The case is approved; amend it to change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="119"/>
        <source>Cell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="119"/>
        <source>total</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="119"/>
        <source>analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="119"/>
        <source>karyotyped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="119"/>
        <source>culture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="121"/>
        <source>mar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="123"/>
        <source>structural changes, as t(9;22)(q34;q11.2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="157"/>
        <source>{0} of {1} counted, {2} of {3} analysed, {4} of {5} karyotyped, {6} set aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="163"/>
        <source>Modal number {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="165"/>
        <source>no clonal change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="166"/>
        <source>{0}: {1} cells.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="168"/>
        <source>{0}: {1}, no clone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="170"/>
        <source>Mosaicism of {0:.1f} % or more is excluded (95 %).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="219"/>
        <source>The reviewed cells say {0}; give a reason to keep this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../karyoview/gui/karyogram/tally.py" line="246"/>
        <source>The karyotype is set.</source>
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
        <location filename="../../karyoview/gui/karyogram/strips.py" line="178"/>
        <source>Copies of one class</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
