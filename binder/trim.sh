#!/bin/sh
# Removes from a folder of installed packages what no course ever runs: headers, build tools, packages' own tests.
# Usage: sh trim.sh /path/to/site-packages /path/to/its/bin
set -eu
# Nothing is installed into an image once it is made.
rm -f "$2/uv" "$2/uvx"
cd "$1"
rm -rf torch/include torch/share torch/bin/protoc* torch/bin/*test* torch/test torch/lib/*.a
for package in numpy scipy sklearn joblib sympy networkx mpmath h5py psutil narwhals tornado; do
    [ -d "$package" ] && find "$package" -type d -name tests -prune -exec rm -rf {} +
done
rm -rf jedi/third_party/django-stubs
# Names of months in 1,000 languages: the course speaks two.
[ ! -d babel/locale-data ] || find babel/locale-data -name '*.dat' ! -name 'en*' ! -name 'zh*' ! -name root.dat -delete
find . -type d -name __pycache__ -prune -exec rm -rf {} +
find . -name '*.map' -type f -delete
