int one_if(bool yes) {
    if (yes) return 1;
    return 0;
}
