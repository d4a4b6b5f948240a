<?php
// Debian's packages of PHP libraries, unpacked below PACKAGES: each brings its own autoloader. Symfony 5.4 and Laravel
// 8 are older than PHP 8.4, which deprecates things that they do.

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
set_include_path(getenv('PACKAGES') . '/usr/share/php');

// Debian leaves Symfony's polyfills out and has intl instead, which takes minutes to build. Only ASCII is shown here,
// which is normal in every form.
if (!class_exists(Normalizer::class)) {
    class Normalizer
    {
        const FORM_D = 4, FORM_KD = 8, FORM_C = 16, FORM_KC = 32;
        const NFD = 4, NFKD = 8, NFC = 16, NFKC = 32;

        public static function normalize(string $string, int $form = self::FORM_C): string
        {
            return $string;
        }

        public static function isNormalized(string $string, int $form = self::FORM_C): bool
        {
            return true;
        }
    }
    function normalizer_normalize(string $string): string
    {
        return $string;
    }
    function normalizer_is_normalized(string $string): bool
    {
        return true;
    }
}
