@echo off
rem Frozen build, icon and installer on Windows: packaging\windows\build.cmd   (needs Python 3.11-3.13 and Inno Setup 6.3)
rem What PyPI holds for Windows is PyTorch's build for processors only. With TORCH_INDEX set to the address of PyTorch's
rem index for a version of CUDA, its build for NVIDIA's graphics cards is taken instead.
rem Not yet run: it needs a machine with Windows. Checked by tests\packaging: the files it names.
setlocal
cd /d "%~dp0..\.."
if not exist .venv\Scripts\python.exe py -3 -m venv .venv || exit /b 1
if defined TORCH_INDEX .venv\Scripts\python -m pip install "torch>=2.14,<2.16" "torchvision>=0.29,<0.30" --index-url %TORCH_INDEX% || exit /b 1
.venv\Scripts\python -m pip install --quiet -e .[dev] || exit /b 1
.venv\Scripts\python packaging\frozen.py --anew || exit /b 1
.venv\Scripts\python packaging\icons.py build\karyoview.ico || exit /b 1
build\frozen\karyoview\karyoview.exe selftest build\smoke || exit /b 1
for /f "tokens=2" %%v in ('build\frozen\karyoview\karyoview.exe --version') do set VERSION=%%v
set ISCC=iscc
if exist "%ProgramFiles(x86)%\Inno Setup 6\ISCC.exe" set "ISCC=%ProgramFiles(x86)%\Inno Setup 6\ISCC.exe"
"%ISCC%" /DVersion=%VERSION% packaging\windows\karyoview.iss || exit /b 1
