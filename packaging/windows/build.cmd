@echo off
rem Frozen build, icon and installer on Windows: packaging\windows\build.cmd   (needs Python 3.11-3.13 and Inno Setup 6)
rem With CPU_INDEX set to the address of PyTorch's builds for processors only, the small flavour without CUDA is made.
rem Not yet run: it needs a machine with Windows.
setlocal
cd /d "%~dp0..\.."
if not exist .venv\Scripts\python.exe py -3 -m venv .venv || exit /b 1
if defined CPU_INDEX .venv\Scripts\python -m pip install "torch>=2.14,<2.16" "torchvision>=0.29,<0.30" --index-url %CPU_INDEX% || exit /b 1
.venv\Scripts\python -m pip install --quiet -e .[dev] || exit /b 1
.venv\Scripts\python packaging\frozen.py --anew || exit /b 1
.venv\Scripts\python packaging\icons.py build\karyoview.ico || exit /b 1
build\frozen\karyoview\karyoview.exe selftest build\smoke || exit /b 1
for /f "tokens=2" %%v in ('build\frozen\karyoview\karyoview.exe --version') do set VERSION=%%v
iscc /DVersion=%VERSION% packaging\windows\karyoview.iss || exit /b 1
