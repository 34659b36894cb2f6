pragma circom 2.0.0;
include "circomlib/circuits/mimc.circom";

component main = MultiMiMC7(2, 91);
