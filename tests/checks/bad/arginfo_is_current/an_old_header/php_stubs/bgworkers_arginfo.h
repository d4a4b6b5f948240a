/* This is a generated file, edit the .stub.php file instead. Stub hash: 0000 */
