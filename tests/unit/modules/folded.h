#pragma once

#include "tests/fixture/folded.h"
