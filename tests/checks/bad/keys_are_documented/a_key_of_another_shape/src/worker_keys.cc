constexpr Key kKeys[] = {
    {"script", KeyShape::single, KeyPlace::all, set_script},
    {"args", KeyShape::list, KeyPlace::all, add_argument},
    {"num", KeyShape::single, KeyPlace::named, set_whole<&WorkerSpec::num, 0>},
};
