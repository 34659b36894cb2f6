pragma circom 2.0.0;

// z = (x * y) * x + 3. The alias leaves a gap in the map from wires to labels.
template Product() {
    signal input x;
    signal input y;
    signal output z;
    signal alias;
    signal product;
    alias <== x;
    product <== x * y;
    z <== product * alias + 3;
}

component main = Product();
