#pragma once

#include "tests/fixture/given.h"
