; Installer for Windows, for Inno Setup 6.3 or later, of the frozen build (build\frozen\karyoview).
;   python packaging\frozen.py
;   iscc /DVersion=0.1.0 packaging\windows\karyoview.iss      -> build\KaryoView-0.1.0-setup.exe
; Checked by tests/packaging: every file and constant that it names. Not yet run: it needs a machine with Windows.

#ifndef Version
  #error Name the version: iscc /DVersion=0.1.0
#endif
#define Build "..\..\build\frozen\karyoview"

[Setup]
AppId={{6E0B3C63-8F1B-4E38-9E0E-5A2D2C6C7B11}
AppName=KaryoView
AppVersion={#Version}
AppVerName=KaryoView {#Version}
AppPublisher=KaryoView
VersionInfoVersion={#Version}
DefaultDirName={autopf}\KaryoView
DefaultGroupName=KaryoView
; A user without administrator rights installs for themselves; an administrator may install for all.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
OutputDir=..\..\build
OutputBaseFilename=KaryoView-{#Version}-setup
SetupIconFile=..\..\build\karyoview.ico
UninstallDisplayIcon={app}\karyoview-window.exe
Compression=lzma2/fast
SolidCompression=no
; The flavour for graphics cards is larger than a single installer file may be: setup.exe and its .bin files go together.
DiskSpanning=yes
DiskSliceSize=2000000000
ChangesAssociations=yes
ChangesEnvironment=yes
CloseApplications=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "path"; Description: "Add the command karyoview to the path"; Flags: unchecked

[InstallDelete]
; An older version's libraries must not be found beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Build}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\KaryoView"; Filename: "{app}\karyoview-window.exe"; AppUserModelID: "karyoview"
Name: "{autodesktop}\KaryoView"; Filename: "{app}\karyoview-window.exe"; Tasks: desktopicon

[Registry]
; Folders and the images of metaphases get "Open with KaryoView"; nobody's default program is changed.
Root: HKA; Subkey: "Software\Classes\Directory\shell\KaryoView"; ValueType: string; ValueData: "Open as a case in KaryoView"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\KaryoView"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\karyoview-window.exe"
Root: HKA; Subkey: "Software\Classes\Directory\shell\KaryoView\command"; ValueType: string; ValueData: """{app}\karyoview-window.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\KaryoView.Metaphase"; ValueType: string; ValueData: "Metaphase image"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\KaryoView.Metaphase\shell\open\command"; ValueType: string; ValueData: """{app}\karyoview-window.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.png\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.jpg\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.jpeg\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.tif\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.tiff\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.bmp\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.webp\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.jp2\OpenWithProgids"; ValueType: string; ValueName: "KaryoView.Metaphase"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: NeedsPath

[Run]
Filename: "{app}\karyoview-window.exe"; Description: "{cm:LaunchProgram,KaryoView}"; Flags: nowait postinstall skipifsilent

[UninstallDelete]
; Only what the installer brought; cases, settings and trained engines are the user's and stay.
Type: filesandordirs; Name: "{app}\_internal"

[Code]
function NeedsPath: Boolean;
var
  Present: String;
begin
  Result := not IsAdminInstallMode;
  if Result and RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Present) then
    Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Present) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Present, Own: String;
  At: Integer;
begin
  if (Step <> usPostUninstall) or IsAdminInstallMode then
    exit;
  Own := ExpandConstant('{app}');
  if not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Present) then
    exit;
  At := Pos(';' + Uppercase(Own) + ';', ';' + Uppercase(Present) + ';');
  if At > 0 then
  begin
    if At > 1 then
      Delete(Present, At - 1, Length(Own) + 1)
    else
      Delete(Present, At, Length(Own) + 1);
    RegWriteExpandStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Present);
  end;
end;
